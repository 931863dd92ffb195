import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
import type { BulkInput } from '../contracts/inputs.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { announce } from '../events/announce.js';
import { type AuditLine, insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import {
  createInputSchema,
  isId,
  messageContentSchema,
  nameOrKeySchema,
  parseInput,
  strictObjectSchema,
} from '../validation/input.js';
import { actorOrHostSchema, oweOutboundMessages, requireNotifier } from './trigger.js';

const bulkInput = createInputSchema<BulkInput>()({
  templateId: nameOrKeySchema,
  /** The exact text to deliver to each recipient. */
  content: messageContentSchema,
  dedupeKey: nameOrKeySchema.optional(),
  actor: actorOrHostSchema,
});
const idsInput = strictObjectSchema({ conversationIds: z.array(z.string()) });

/** One bulk send: what was to be sent, by whom, to how many conversations, and how many of them were accepted. */
export interface BulkSend {
  id: string;
  templateId: string;
  content: string;
  actor: Actor;
  requested: number;
  accepted: number;
  createdAt: Date;
}

export type BulkSendResult =
  | { conversationId: string; ok: true; messageId: string }
  | { conversationId: string; ok: false; error: CairnloopError };

/**
 * Writes one outbound message for each conversation, in one transaction; each is delivered on its own. Repeated ids
 * count once; the result for an unknown id is an error. Throws `BATCH_EMPTY`, `BATCH_TOO_LARGE` (recorded),
 * `NOTIFIER_REQUIRED`, `INPUT_INVALID`.
 */
export async function bulkTriggerOutbound(
  runtime: Runtime,
  conversationIds: readonly string[],
  input: BulkInput,
): Promise<{ envelope: BulkSend; results: BulkSendResult[] }> {
  const wanted = parseInput('outbound.bulkTrigger', bulkInput, input);
  const given = parseInput('outbound.bulkTrigger', idsInput, { conversationIds });
  const ids = [...new Set(given.conversationIds.map(asStored))];
  await requireNotifier(runtime, 'outbound.bulkTrigger');
  return runtime.telemetry.span('outbound.bulk_trigger', { requested: ids.length }, async () => {
    if (ids.length === 0) throw new CairnloopError('BATCH_EMPTY', { operation: 'bulkTrigger' });
    await refuseTooLarge(runtime, ids, wanted);
    const row = await runtime.traces.send(['outbound'], () => insertOnce(runtime, ids, wanted));
    for (const message of row.messages)
      announce(runtime, 'outbound.triggered', { message: toMessage(message), isDue: true });
    const sent = new Map([...row.known, ...row.messages].map((message) => [message.conversation_id, message.id]));
    return { envelope: toEnvelope(row.envelope), results: ids.map((id) => resultOf(id, sent.get(id))) };
  });
}

/**
 * The second of two concurrent calls with one key waits for the locks of the recipients and finds the messages of the
 * first.
 */
async function insertOnce(
  { db, traces }: Runtime,
  ids: readonly string[],
  wanted: z.output<typeof bulkInput>,
): Promise<BulkRow> {
  const { dedupeKey } = wanted;
  const recipients = ids.filter(isId);
  const insert = async (executor: Executor) => {
    const [row] = await executor.run(insertBulk, {
      ...wanted,
      recipients,
      requested: ids.length,
      dedupeKey: dedupeKey ?? null,
      traceparent: traces.traceparent(),
    });
    if (!row) throw new Error('INSERT returned no row');
    return row;
  };
  if (dedupeKey === undefined) return insert(db);
  return db.transaction(async (tx) => {
    await tx.run(lockRecipients, { recipients });
    return insert(tx);
  });
}

/** The id as Postgres returns it, in lower case. */
function asStored(id: string): string {
  return isId(id) ? id.toLowerCase() : id;
}

function resultOf(conversationId: string, messageId: string | undefined): BulkSendResult {
  if (messageId) return { conversationId, ok: true, messageId };
  return { conversationId, ok: false, error: new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId }) };
}

async function refuseTooLarge(
  runtime: Runtime,
  ids: readonly string[],
  wanted: z.output<typeof bulkInput>,
): Promise<void> {
  const max = runtime.config.outbound.maxBatchSize;
  if (ids.length <= max) return;
  const refusal = new CairnloopError('BATCH_TOO_LARGE', { found: ids.length, max });
  const { templateId, actor } = wanted;
  await runtime.db.run(recordRefusal, { templateId, actor, requested: ids.length, refusal: refusal.message });
  throw refusal;
}

interface EnvelopeRow {
  id: string;
  template_id: string;
  content: string;
  actor: Actor;
  requested: number;
  accepted: number;
  created_at: Timestamp;
}

interface BulkRow {
  envelope: EnvelopeRow;
  /** Messages written by this call. */
  messages: MessageRow[];
  /** Messages written by an earlier call with the same key. */
  known: Pick<MessageRow, 'id' | 'conversation_id'>[];
}

function toEnvelope(row: EnvelopeRow): BulkSend {
  return {
    id: row.id,
    templateId: row.template_id,
    content: row.content,
    actor: row.actor,
    requested: row.requested,
    accepted: row.accepted,
    createdAt: toDate(row.created_at),
  };
}

const bulkLine: AuditLine = {
  from: 'written',
  at: 'created_at',
  actor: 'actor',
  action: 'outbound.bulk_triggered',
  conversationId: 'NULL',
  subjectId: 'id',
  detail: `jsonb_build_object('templateId', template_id, 'requested', requested, 'accepted', accepted)`,
};

const messageLine: AuditLine = {
  from: 'message',
  at: 'created_at',
  actor: 'author',
  action: 'outbound.triggered',
  subjectId: 'id',
  detail: 'metadata',
};

interface BulkParams {
  recipients: string[];
  content: string;
  actor: Actor;
  templateId: string;
  requested: number;
  dedupeKey: string | null;
  traceparent: string | null;
}

const insertBulk = declareStatement<BulkParams, BulkRow>(
  'outbound.bulk_trigger',
  (s, p) => `
    WITH
    -- The recipients, without those that have a message with this key already.
    recipient AS (
      SELECT id, updated_at FROM ${s}.conversations WHERE id = ANY (${p.recipients}::uuid[]) ORDER BY id FOR UPDATE
    ),
    known AS (
      SELECT m.id, m.conversation_id, (m.metadata ->> 'envelopeId')::uuid AS envelope_id
      FROM ${s}.messages m WHERE m.conversation_id = ANY (${p.recipients}::uuid[]) AND m.dedupe_key = ${p.dedupeKey}
    ),
    fresh AS (
      SELECT * FROM recipient WHERE id NOT IN (SELECT conversation_id FROM known)
    ),
    -- The envelope of the bulk send, unless an earlier call with this key wrote it.
    written AS (
      INSERT INTO ${s}.bulk_envelopes (template_id, content, actor, requested, accepted, created_at)
      SELECT ${p.templateId}, ${p.content}, ${p.actor}, ${p.requested}, (SELECT count(*) FROM fresh), ${s}.clock()
      WHERE EXISTS (SELECT FROM fresh) OR NOT EXISTS (SELECT FROM known WHERE envelope_id IS NOT NULL)
      RETURNING *
    ),
    -- A message and an owed call for each recipient.
    message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, status, dedupe_key, created_at)
      SELECT fresh.id, 'outbound', ${p.content}, ${p.actor},
        jsonb_build_object('templateId', written.template_id, 'envelopeId', written.id), 'pending', ${p.dedupeKey},
        greatest(written.created_at, fresh.updated_at)
      FROM fresh, written
      ON CONFLICT (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ),
    touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ),
    delivery AS (${oweOutboundMessages(s, { dueAt: 'created_at', traceparent: p.traceparent })}
    ),
    audit AS (${insertAuditLinesSql(s, bulkLine, messageLine)}
    ),
    -- The envelope to return: the new one, or that of the earlier call.
    envelope AS (
      SELECT * FROM written
      UNION ALL
      SELECT * FROM ${s}.bulk_envelopes WHERE NOT EXISTS (SELECT FROM written) AND id = (SELECT min(envelope_id::text)::uuid FROM known)
    )
    SELECT to_jsonb(envelope) AS envelope,
      (SELECT coalesce(jsonb_agg(to_jsonb(message)), '[]') FROM message) AS messages,
      (SELECT coalesce(jsonb_agg(to_jsonb(known)), '[]') FROM known) AS known
    FROM envelope`,
);

const lockRecipients = declareStatement<{ recipients: string[] }, { id: string }>(
  'outbound.lock_recipients',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ANY (${p.recipients}::uuid[]) ORDER BY id FOR UPDATE`,
);

/**
 * Records a refused bulk send without its content: it has no recipient, so no erasure of a customer would find the
 * content.
 */
const recordRefusal = declareStatement<{ templateId: string; actor: Actor; requested: number; refusal: string }>(
  'outbound.refuse_bulk',
  (s, p) => `
    WITH envelope AS (
      INSERT INTO ${s}.bulk_envelopes (template_id, content, actor, requested, accepted, refusal, created_at)
      VALUES (${p.templateId}, '', ${p.actor}, ${p.requested}, 0, ${p.refusal}, ${s}.clock())
      RETURNING *
    )
    ${insertAuditLinesSql(s, {
      from: 'envelope',
      at: 'created_at',
      actor: 'actor',
      action: 'outbound.bulk_refused',
      conversationId: 'NULL',
      subjectId: 'id',
      detail: `jsonb_build_object('requested', requested)`,
    })}`,
);
