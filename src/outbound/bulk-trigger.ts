import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
import type { BulkInput } from '../contracts/inputs.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { type Executor, statement } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { content, isId, name, only, parseInput, schemaOf } from '../validation/input.js';
import { afterTriggered, hostOrActor, requireNotifier } from './trigger.js';

const bulkInput = schemaOf<BulkInput>()({
  templateId: name,
  /** What is delivered to each, to the letter. */
  content,
  dedupeKey: name.optional(),
  actor: hostOrActor,
});
const idsInput = only({ conversationIds: z.array(z.string()) });

/** One bulk send: what was asked for, by whom, and how many recipients it reached. */
export interface BulkEnvelope {
  id: string;
  templateId: string;
  content: string;
  actor: Actor;
  requested: number;
  accepted: number;
  createdAt: Date;
}

export type BulkResult =
  | { conversationId: string; ok: true; messageId: string }
  | { conversationId: string; ok: false; error: CairnloopError };

/**
 * Writes one outbound message for each conversation in one transaction; each is delivered on its own. Repeated ids
 * count once; an unknown id is an error in its result. Throws `BATCH_EMPTY`, `BATCH_TOO_LARGE` (recorded),
 * `NOTIFIER_REQUIRED`, `INPUT_INVALID`.
 */
export async function bulkTriggerOutbound(
  runtime: Runtime,
  conversationIds: readonly string[],
  input: BulkInput,
): Promise<{ envelope: BulkEnvelope; results: BulkResult[] }> {
  const wanted = parseInput('outbound.bulkTrigger', bulkInput, input);
  const given = parseInput('outbound.bulkTrigger', idsInput, { conversationIds });
  const ids = [...new Set(given.conversationIds.map(asStored))];
  await requireNotifier(runtime, 'outbound.bulkTrigger');
  return runtime.telemetry.span('outbound.bulk_trigger', { requested: ids.length }, async () => {
    if (ids.length === 0) throw new CairnloopError('BATCH_EMPTY', { operation: 'bulkTrigger' });
    await refuseTooLarge(runtime, ids, wanted);
    const row = await runtime.traces.send(['outbound'], () => insertOnce(runtime, ids, wanted));
    afterTriggered(runtime, row.messages.map(toMessage), true);
    const sent = new Map([...row.known, ...row.messages].map((message) => [message.conversation_id, message.id]));
    return { envelope: toEnvelope(row.envelope), results: ids.map((id) => resultOf(id, sent.get(id))) };
  });
}

/**
 * The second of two concurrent calls with one key waits for the recipients' locks and finds the first one's messages.
 */
async function insertOnce(
  { db, traces }: Runtime,
  ids: readonly string[],
  wanted: z.output<typeof bulkInput>,
): Promise<BulkRow> {
  const { content, actor, templateId, dedupeKey } = wanted;
  const recipients = ids.filter(isId);
  const insert = async (executor: Executor) => {
    const values = [recipients, content, actor, templateId, ids.length, dedupeKey ?? null, traces.traceparent()];
    const [row] = await executor.run<BulkRow>(insertBulk, values);
    if (!row) throw new Error('INSERT answered no row');
    return row;
  };
  if (dedupeKey === undefined) return insert(db);
  return db.transaction(async (tx) => {
    await tx.run(lockRecipients, [recipients]);
    return insert(tx);
  });
}

/** Postgres returns ids in lower case. */
function asStored(id: string): string {
  return isId(id) ? id.toLowerCase() : id;
}

function resultOf(conversationId: string, messageId: string | undefined): BulkResult {
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
  await runtime.db.run(recordRefusal, [wanted.templateId, wanted.content, wanted.actor, ids.length, refusal.message]);
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
  /** Written by this call. */
  messages: MessageRow[];
  /** Written by an earlier call with the same key. */
  known: Pick<MessageRow, 'id' | 'conversation_id'>[];
}

function toEnvelope(row: EnvelopeRow): BulkEnvelope {
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

const insertBulk = statement(
  'outbound.bulk_trigger',
  (s) => `
    WITH recipient AS (
      SELECT id, updated_at FROM ${s}.conversations WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
    ), known AS (
      SELECT m.id, m.conversation_id, (m.metadata ->> 'envelopeId')::uuid AS envelope_id
      FROM ${s}.messages m WHERE m.conversation_id = ANY ($1::uuid[]) AND m.dedupe_key = $6
    ), fresh AS (
      SELECT * FROM recipient WHERE id NOT IN (SELECT conversation_id FROM known)
    ), written AS (
      INSERT INTO ${s}.bulk_envelopes (template_id, content, actor, requested, accepted, created_at)
      SELECT $4, $2, $3, $5, (SELECT count(*) FROM fresh), ${s}.clock()
      WHERE EXISTS (SELECT FROM fresh) OR NOT EXISTS (SELECT FROM known WHERE envelope_id IS NOT NULL)
      RETURNING *
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, status, dedupe_key, created_at)
      SELECT fresh.id, 'outbound', $2, $3,
        jsonb_build_object('templateId', written.template_id, 'envelopeId', written.id), 'pending', $6,
        greatest(written.created_at, fresh.updated_at)
      FROM fresh, written
      ON CONFLICT (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, traceparent)
      SELECT 'outbound', conversation_id, id, id, created_at, created_at, $7 FROM message
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, actor, 'outbound.bulk_triggered', NULL::uuid, id,
        jsonb_build_object('templateId', template_id, 'requested', requested, 'accepted', accepted)
      FROM written
      UNION ALL
      SELECT created_at, author, 'outbound.triggered', conversation_id, id, metadata FROM message
    ), envelope AS (
      SELECT * FROM written
      UNION ALL
      SELECT * FROM ${s}.bulk_envelopes WHERE NOT EXISTS (SELECT FROM written) AND id = (SELECT min(envelope_id::text)::uuid FROM known)
    )
    SELECT to_jsonb(envelope) AS envelope,
      (SELECT coalesce(jsonb_agg(to_jsonb(message)), '[]') FROM message) AS messages,
      (SELECT coalesce(jsonb_agg(to_jsonb(known)), '[]') FROM known) AS known
    FROM envelope`,
);

const lockRecipients = statement(
  'outbound.lock_recipients',
  (s) => `SELECT id FROM ${s}.conversations WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

const recordRefusal = statement(
  'outbound.refuse_bulk',
  (s) => `
    WITH envelope AS (
      INSERT INTO ${s}.bulk_envelopes (template_id, content, actor, requested, accepted, refusal, created_at)
      VALUES ($1, $2, $3, $4, 0, $5, ${s}.clock())
      RETURNING *
    )
    INSERT INTO ${s}.audit_events (at, actor, action, subject_id, detail)
    SELECT created_at, actor, 'outbound.bulk_refused', id, jsonb_build_object('requested', requested) FROM envelope`,
);
