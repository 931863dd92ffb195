import { z } from 'zod';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { statement } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import type { Actor } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { content, isId, name, parseInput } from '../input.js';
import type { Runtime } from '../runtime.js';
import { afterTriggered, hostOrActor, requireNotifier } from './trigger.js';

const bulkInput = z.object({ templateId: name, content, actor: hostOrActor });
const idsInput = z.array(z.string());

export type BulkInput = z.input<typeof bulkInput>;

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
 * Writes one outbound message a conversation, all in one transaction, each delivered on its own. Repeated ids count
 * once; an unknown id is that recipient's error. Throws `BATCH_EMPTY`, `BATCH_TOO_LARGE` (the refusal is recorded),
 * `NOTIFIER_REQUIRED`, `INPUT_INVALID`.
 */
export async function bulkTriggerOutbound(
  runtime: Runtime,
  conversationIds: readonly string[],
  input: BulkInput,
): Promise<{ envelope: BulkEnvelope; results: BulkResult[] }> {
  const wanted = parseInput('outbound.bulkTrigger', bulkInput, input);
  const ids = [...new Set(parseInput('outbound.bulkTrigger', idsInput, conversationIds).map(asStored))];
  requireNotifier(runtime, 'outbound.bulkTrigger');
  return runtime.telemetry.span('outbound.bulk_trigger', { requested: ids.length }, async () => {
    if (ids.length === 0) throw new CairnloopError('BATCH_EMPTY', { operation: 'bulkTrigger' });
    await refuseTooLarge(runtime, ids, wanted);
    const [row] = await runtime.db.run<BulkRow>(insertBulk, [
      ids.filter(isId),
      wanted.content,
      wanted.actor,
      wanted.templateId,
      ids.length,
    ]);
    if (!row) throw new Error('INSERT answered no row');
    const messages = row.messages.map(toMessage);
    afterTriggered(runtime, messages, true);
    const sent = new Map(messages.map((message) => [message.conversationId, message.id]));
    return { envelope: toEnvelope(row.envelope), results: ids.map((id) => resultOf(id, sent.get(id))) };
  });
}

/** Postgres writes ids in lower case, and one in upper case is the same. */
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
  messages: MessageRow[];
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
      SELECT id FROM ${s}.conversations WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
    ), envelope AS (
      INSERT INTO ${s}.bulk_envelopes (template_id, content, actor, requested, accepted, created_at)
      VALUES ($4, $2, $3, $5, (SELECT count(*) FROM recipient), ${s}.clock())
      RETURNING *
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, status, created_at)
      SELECT recipient.id, 'outbound', $2, $3,
        jsonb_build_object('templateId', envelope.template_id, 'envelopeId', envelope.id), 'pending', envelope.created_at
      FROM recipient, envelope
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      SELECT 'outbound', conversation_id, id, id, created_at, created_at FROM message
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, actor, 'outbound.bulk_triggered', NULL::uuid, id,
        jsonb_build_object('templateId', template_id, 'requested', requested, 'accepted', accepted)
      FROM envelope
      UNION ALL
      SELECT created_at, author, 'outbound.triggered', conversation_id, id, metadata FROM message
    )
    SELECT to_jsonb(envelope) AS envelope,
      (SELECT coalesce(jsonb_agg(to_jsonb(message)), '[]') FROM message) AS messages
    FROM envelope`,
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
