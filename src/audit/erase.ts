import type { Actor } from '../contracts/domain.js';
import {
  declareStatement,
  type Executor,
  type NoStatementParams,
  type StatementPlaceholders,
} from '../db/statement.js';
import { auditActionsWithoutPersonalData } from './erasable.js';
import { erasureDigestSql } from './erasures.js';
import { addFieldSalts, computeFieldCommitments, type ErasableField, valuesOfErasedFields } from './format.js';
import { type AuditChainRow, auditChainColumns, auditPageSize, toAuditChainEvent } from './pages.js';
import { auditLockKey } from './seal.js';

export interface AuditErasure {
  conversationIds: readonly string[];
  /** The id of the customer. Not needed for customers whom `conversations.actor_id` names. */
  actorId?: string | null;
  /** Ids of subjects without a conversation, such as bulk sends. The detail of their audit events is erased too. */
  subjectIds?: readonly string[];
}

/**
 * Erases the customers' data in the audit events of these conversations and returns how many events it changed. Call it
 * in the transaction that deletes the conversations, before the deletion. It holds the sealing lock until the commit.
 */
export async function eraseFromAudit(tx: Executor, erasure: AuditErasure & { by: Actor }): Promise<number> {
  const { conversationIds, actorId = null, subjectIds = [], by } = erasure;
  if (conversationIds.length === 0 && subjectIds.length === 0) return 0;
  await tx.run(waitForTurn);
  const [made] = await tx.run(newErasure);
  const id = made?.id ?? '';
  const about = { conversationIds, actorId, subjectIds, kept: auditActionsWithoutPersonalData };
  let lines = 0;
  for (let after: string | null = null; ; ) {
    const rows: ErasableRow[] = await tx.run(selectErasable, { ...about, after, limit: auditPageSize });
    if (rows.length > 0) await tx.run(writeErasures, erasureParams(id, rows));
    lines += rows.length;
    if (rows.length < auditPageSize) break;
    after = rows.at(-1)?.id ?? null;
  }
  if (lines > 0) await tx.run(insertErased, { id, by, lines });
  return lines;
}

/** Counts the audit events that {@link eraseFromAudit} would change. */
export async function countErasableAuditEvents(executor: Executor, erasure: AuditErasure): Promise<number> {
  const { conversationIds, actorId = null, subjectIds = [] } = erasure;
  const [row] = await executor.run(countLines, {
    conversationIds,
    actorId,
    subjectIds,
    kept: auditActionsWithoutPersonalData,
  });
  return Number(row?.count);
}

/**
 * Finds the conversations that the audit record says this customer opened, deleted ones included. The query has an
 * index of its own.
 */
export async function findAuditedConversations(executor: Executor, actorId: string): Promise<string[]> {
  const rows = await executor.run(selectOpened, { actorId });
  return rows.map(({ id }) => id);
}

type ErasableRow = AuditChainRow & { erase_actor: boolean; erase_detail: boolean };

/** Parallel lists with one entry per audit event: values as JSON, salts and commitments in hexadecimal. */
interface ErasureParams {
  ids: string[];
  actors: string[];
  actorSalts: (string | null)[];
  actorCommitments: string[];
  actorErasedBy: (string | null)[];
  details: string[];
  detailSalts: (string | null)[];
  detailCommitments: string[];
  detailErasedBy: (string | null)[];
}

/** Stores the commitments of both fields, so that a field which is kept can still be proven by its salt. */
function erasureParams(erasureId: string, rows: readonly ErasableRow[]): ErasureParams {
  const lines = rows.map((row) => {
    const event = eventOf(row);
    const commitments = computeFieldCommitments(event);
    return {
      actor: fieldAfter('actor', row.erase_actor, row.actor, event.actorSalt),
      detail: fieldAfter('detail', row.erase_detail, row.detail, event.detailSalt),
      commitments,
    };
  });
  return {
    ids: rows.map(({ id }) => id),
    actors: lines.map(({ actor }) => JSON.stringify(actor.value)),
    actorSalts: lines.map(({ actor }) => actor.salt),
    actorCommitments: lines.map(({ commitments }) => commitments.actor),
    actorErasedBy: rows.map((row) => (row.erase_actor ? erasureId : row.actor_erased_by)),
    details: lines.map(({ detail }) => JSON.stringify(detail.value)),
    detailSalts: lines.map(({ detail }) => detail.salt),
    detailCommitments: lines.map(({ commitments }) => commitments.detail),
    detailErasedBy: rows.map((row) => (row.erase_detail ? erasureId : row.detail_erased_by)),
  };
}

/**
 * Adds salts to an event that has none, because it is unsealed or sealed in format 1. An event of format 2 keeps its
 * salts.
 */
function eventOf(row: AuditChainRow) {
  const event = toAuditChainEvent(row);
  return row.format === null ? addFieldSalts(event) : event;
}

function fieldAfter(field: ErasableField, erases: boolean, value: unknown, salt: string | null | undefined) {
  return erases ? { value: valuesOfErasedFields[field], salt: null } : { value, salt: salt ?? null };
}

const waitForTurn = declareStatement('audit.wait_for_turn', (s) => `SELECT pg_advisory_xact_lock(${auditLockKey(s)})`);

const newErasure = declareStatement<NoStatementParams, { id: string }>(
  'audit.new_erasure',
  (s) => `SELECT ${s}.time_id() AS id`,
);

/** Parameters of the subquery {@link erasable}. */
interface ErasableParams {
  conversationIds: readonly string[];
  /** The id of the customer. The customers of the conversations are found without it. */
  actorId: string | null;
  /** Audit actions whose detail holds no personal data. */
  kept: readonly string[];
  /** Ids of subjects of audit events without a conversation. */
  subjectIds: readonly string[];
}

/**
 * Selects the audit events of conversations and subjects, and whether the actor and the detail of each must be erased.
 */
const erasable = (s: string, p: StatementPlaceholders<ErasableParams>): string => `
  SELECT e.*, actor_erased_by IS NULL AND e.actor ->> 'id' IN (c.actor_id, c.host_user_id, ${p.actorId}::text) AS erase_actor,
    detail_erased_by IS NULL AND detail <> '{}' AND action <> ALL (${p.kept}::text[]) AS erase_detail
  FROM ${s}.audit_events e LEFT JOIN ${s}.conversations c ON c.id = e.conversation_id
  WHERE e.conversation_id = ANY (${p.conversationIds}::uuid[])
    OR (e.conversation_id IS NULL AND e.subject_id = ANY (${p.subjectIds}::uuid[]))`;

const isErasable = '(erase_actor OR erase_detail)';

const selectErasable = declareStatement<ErasableParams & { after: string | null; limit: number }, ErasableRow>(
  'audit.erasable',
  (s, p) => `
    SELECT ${auditChainColumns}, erase_actor, erase_detail FROM (${erasable(s, p)}) line
    WHERE ${isErasable} AND (${p.after}::uuid IS NULL OR id > ${p.after}) ORDER BY id LIMIT ${p.limit}`,
);

const countLines = declareStatement<ErasableParams, { count: string }>(
  'audit.count_erasable',
  (s, p) => `SELECT count(*) FROM (${erasable(s, p)}) line WHERE ${isErasable}`,
);

const selectOpened = declareStatement<{ actorId: string }, { id: string }>(
  'audit.opened_by',
  (s, p) => `
    SELECT DISTINCT conversation_id AS id FROM ${s}.audit_events
    WHERE action = 'conversation.opened' AND actor ->> 'id' = ${p.actorId} AND conversation_id IS NOT NULL`,
);

const writeErasures = declareStatement<ErasureParams>(
  'audit.erase',
  (s, p) => `
    UPDATE ${s}.audit_events e SET
      actor = line.actor, actor_salt = decode(line.actor_salt, 'hex'),
      actor_commitment = decode(line.actor_commitment, 'hex'), actor_erased_by = line.actor_erased_by,
      detail = line.detail, detail_salt = decode(line.detail_salt, 'hex'),
      detail_commitment = decode(line.detail_commitment, 'hex'), detail_erased_by = line.detail_erased_by
    FROM unnest(${p.ids}::uuid[],
        ${p.actors}::jsonb[], ${p.actorSalts}::text[], ${p.actorCommitments}::text[], ${p.actorErasedBy}::uuid[],
        ${p.details}::jsonb[], ${p.detailSalts}::text[], ${p.detailCommitments}::text[], ${p.detailErasedBy}::uuid[])
      AS line (id, actor, actor_salt, actor_commitment, actor_erased_by, detail, detail_salt, detail_commitment,
        detail_erased_by)
    WHERE e.id = line.id`,
);

/**
 * Inserts the event that records an erasure. Erased events name its id and its digest covers them, so that no erasure
 * can be forged.
 */
const insertErased = declareStatement<{ id: string; by: Actor; lines: number }>(
  'audit.erased',
  (s, p) => `
    INSERT INTO ${s}.audit_events (id, at, actor, action, detail)
    SELECT ${p.id}, ${s}.clock(), ${p.by}, 'audit.erased', jsonb_build_object('lines', ${p.lines}::int, 'digest', digest)
    FROM (${erasureDigestSql(s)}) erasure WHERE erasure.id = ${p.id}`,
);
