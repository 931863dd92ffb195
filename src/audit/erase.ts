import type { Actor } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { impersonalActions } from './erasable.js';
import { erasureDigest } from './erasures.js';
import { commitmentsOf, type ErasableField, erasedValues, salted } from './format.js';
import { type ChainRow, chainColumns, pageSize, toChainEvent } from './pages.js';
import { lockKey } from './seal.js';

export interface AuditErasure {
  conversationIds: readonly string[];
  /** The customer; those that `conversations.actor_id` names for these conversations are known without it. */
  actorId?: string | null;
}

/**
 * Erases what the lines of these conversations say of their customers, in the caller's transaction, and returns of how
 * many lines. Call it before the conversations are deleted. Waits for a sealer, and lets none seal until the transaction
 * ends. One `audit.erased` line, by `by`, says how many lines and binds which, so that an erasure cannot be forged.
 */
export async function eraseFromAudit(tx: Executor, erasure: AuditErasure & { by: Actor }): Promise<number> {
  const { conversationIds, actorId = null, by } = erasure;
  if (conversationIds.length === 0) return 0;
  await tx.run(waitForTurn);
  const [made] = await tx.run<{ id: string }>(newErasure);
  const id = made?.id ?? '';
  let lines = 0;
  for (let after: string | null = null; ; ) {
    const rows: ErasableRow[] = await tx.run(selectErasable, [
      conversationIds,
      actorId,
      impersonalActions,
      after,
      pageSize,
    ]);
    if (rows.length > 0) await tx.run(writeErasures, erasureValues(id, rows));
    lines += rows.length;
    if (rows.length < pageSize) break;
    after = rows.at(-1)?.id ?? null;
  }
  if (lines > 0) await tx.run(insertErased, [id, by, lines]);
  return lines;
}

/** How many lines {@link eraseFromAudit} would erase something of. */
export async function countErasable(executor: Executor, erasure: AuditErasure): Promise<number> {
  const { conversationIds, actorId = null } = erasure;
  const [row] = await executor.run<{ count: string }>(countLines, [conversationIds, actorId, impersonalActions]);
  return Number(row?.count);
}

/** The conversations that this customer opened, as the record says, also those that are deleted. Reads all of it. */
export async function findAuditedConversations(executor: Executor, actorId: string): Promise<string[]> {
  const rows = await executor.run<{ id: string }>(selectOpened, [actorId]);
  return rows.map(({ id }) => id);
}

type ErasableRow = ChainRow & { erase_actor: boolean; erase_detail: boolean };

/** Both fields get their commitments: what is kept of a line stays provable by its salt. */
function erasureValues(erasureId: string, rows: readonly ErasableRow[]): unknown[] {
  const lines = rows.map((row) => {
    const event = withSalts(row);
    const commitments = commitmentsOf(event);
    return {
      actor: fieldAfter('actor', row.erase_actor, row.actor, event.actorSalt),
      detail: fieldAfter('detail', row.erase_detail, row.detail, event.detailSalt),
      commitments,
    };
  });
  return [
    rows.map(({ id }) => id),
    lines.map(({ actor }) => JSON.stringify(actor.value)),
    lines.map(({ actor }) => actor.salt),
    lines.map(({ commitments }) => commitments.actor),
    rows.map((row) => (row.erase_actor ? erasureId : row.actor_erased_by)),
    lines.map(({ detail }) => JSON.stringify(detail.value)),
    lines.map(({ detail }) => detail.salt),
    lines.map(({ commitments }) => commitments.detail),
    rows.map((row) => (row.erase_detail ? erasureId : row.detail_erased_by)),
  ];
}

/** Lines sealed by the old format and lines not sealed yet have no salts; those of the new format keep theirs. */
function withSalts(row: ChainRow) {
  const event = toChainEvent(row);
  return row.format === null ? salted(event) : event;
}

function fieldAfter(field: ErasableField, erases: boolean, value: unknown, salt: string | null | undefined) {
  return erases ? { value: erasedValues[field], salt: null } : { value, salt: salt ?? null };
}

const waitForTurn = statement('audit.wait_for_turn', (s) => `SELECT pg_advisory_xact_lock(${lockKey(s)})`);

const newErasure = statement('audit.new_erasure', (s) => `SELECT ${s}.time_id() AS id`);

/** The lines of the conversations $1 that hold something of their customers, or of $2. $3: actions that hold nothing. */
const erasable = (s: string): string => `
  SELECT e.*, actor_erased_by IS NULL AND e.actor ->> 'id' IN (c.actor_id, $2::text) AS erase_actor,
    detail_erased_by IS NULL AND detail <> '{}' AND action <> ALL ($3::text[]) AS erase_detail
  FROM ${s}.audit_events e LEFT JOIN ${s}.conversations c ON c.id = e.conversation_id
  WHERE e.conversation_id = ANY ($1::uuid[])`;

const isErasable = '(erase_actor OR erase_detail)';

const selectErasable = statement(
  'audit.erasable',
  (s) => `
    SELECT ${chainColumns}, erase_actor, erase_detail FROM (${erasable(s)}) line
    WHERE ${isErasable} AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5`,
);

const countLines = statement(
  'audit.count_erasable',
  (s) => `SELECT count(*) FROM (${erasable(s)}) line WHERE ${isErasable}`,
);

const selectOpened = statement(
  'audit.opened_by',
  (s) => `
    SELECT DISTINCT conversation_id AS id FROM ${s}.audit_events
    WHERE action = 'conversation.opened' AND actor ->> 'id' = $1 AND conversation_id IS NOT NULL`,
);

const writeErasures = statement(
  'audit.erase',
  (s) => `
    UPDATE ${s}.audit_events e SET
      actor = line.actor, actor_salt = decode(line.actor_salt, 'hex'),
      actor_commitment = decode(line.actor_commitment, 'hex'), actor_erased_by = line.actor_erased_by,
      detail = line.detail, detail_salt = decode(line.detail_salt, 'hex'),
      detail_commitment = decode(line.detail_commitment, 'hex'), detail_erased_by = line.detail_erased_by
    FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[], $7::text[], $8::text[], $9::uuid[])
      AS line (id, actor, actor_salt, actor_commitment, actor_erased_by, detail, detail_salt, detail_commitment,
        detail_erased_by)
    WHERE e.id = line.id`,
);

const insertErased = statement(
  'audit.erased',
  (s) => `
    INSERT INTO ${s}.audit_events (id, at, actor, action, detail)
    SELECT $1, ${s}.clock(), $2, 'audit.erased', jsonb_build_object('lines', $3::int, 'digest', digest)
    FROM (${erasureDigest(s)}) erasure WHERE erasure.id = $1`,
);
