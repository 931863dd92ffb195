import type { Conversation, Message, Sla } from '../contracts/domain.js';
import type { ReceiveInput } from '../contracts/inputs.js';
import { type Executor, statement } from '../db/statement.js';
import { toDate } from '../db/timestamp.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { resumeHeldClock } from '../sla/pause.js';
import { type ClockTerms, prepareClock } from '../sla/prepare-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { customerText, isId, metadata, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { dedupeKey, receivedUnder } from './dedupe-key.js';
import { findByDedupeKeyUnderLock } from './find-by-dedupe-key.js';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from './rows.js';
import { afterWoken } from './wake.js';

const receiveInput = schemaOf<ReceiveInput>()({
  content: customerText,
  metadata,
  /** A second call with the same key for the same conversation writes nothing and returns the first message. */
  dedupeKey: dedupeKey.optional(),
});

export interface Received {
  conversation: Conversation;
  message: Message;
  startedSla: Sla | null;
  /** It was snoozed until this message. */
  woken: boolean;
}

/**
 * Records a customer's message; the only way in. Reopens a resolved conversation, starts the SLA clock, supersedes
 * pending drafts and asks for a new one. A known `dedupeKey` returns the message that it wrote. Throws
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function receiveMessage(runtime: Runtime, id: string, input: ReceiveInput): Promise<Message> {
  const { content: written, metadata, dedupeKey } = parseInput('conversations.receive', receiveInput, input);
  const { content, ...cut } = written;
  const priority = await priorityOf(runtime, id);
  const clock = await prepareClock(runtime, priority);
  const key = dedupeKey === undefined ? null : receivedUnder(dedupeKey);
  const received = await runtime.traces.send(receivedTopics, () =>
    runtime.db.transaction(
      async (tx) =>
        (key && (await repeatedMessage(tx, id, key))) ||
        recordCustomerMessage(tx, runtime, id, { content, metadata: { ...metadata, ...cut }, key }, clock),
    ),
  );
  if (!received) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  if ('repeated' in received) return received.repeated;
  afterReceived(runtime, received);
  return received.message;
}

/** What a customer's message may owe. */
export const receivedTopics = ['sla_breach', 'draft'] as const;

async function repeatedMessage(tx: Executor, id: string, key: string): Promise<{ repeated: Message } | null> {
  const repeated = await findByDedupeKeyUnderLock(tx, id, key);
  return repeated && { repeated };
}

async function priorityOf(runtime: Runtime, id: string): Promise<string> {
  const [row] = isId(id) ? await runtime.db.run<{ priority: string }>(selectPriority, [id]) : [];
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return row.priority;
}

/** Writes a customer's message and its effects in the caller's transaction. Null: no such conversation. */
export async function recordCustomerMessage(
  tx: Executor,
  runtime: Pick<Runtime, 'config' | 'traces'>,
  id: string,
  input: { content: string; metadata: Record<string, unknown>; key?: string | null },
  clock: ClockTerms | undefined,
): Promise<Received | null> {
  const { config } = runtime;
  const [row] = await tx.run<ReceivedRow>(insertCustomerMessage, [
    id,
    input.content,
    input.metadata,
    config.drafts.debounceMs,
    clock?.priority ?? null,
    clock?.responseMinutes ?? null,
    clock?.breachMinutes ?? null,
    clock?.calendar ? JSON.stringify(clock.calendar) : null,
    clock?.responseMs ?? null,
    clock?.breachMs ?? null,
    hasModule(config, 'notifier'),
    hasModule(config, 'draftGenerator'),
    input.key ?? null,
    runtime.traces.traceparent(),
  ]);
  if (!row) return null;
  if (row.paused && row.message.author)
    await resumeHeldClock(tx, runtime, id, row.message.author, toDate(row.message.created_at));
  return {
    conversation: toConversation(row.conversation),
    message: toMessage(row.message),
    startedSla: row.sla && toSla(row.sla),
    woken: row.woken,
  };
}

/** Publishes a received message, after the commit. */
export function afterReceived(runtime: Runtime, { conversation, message, startedSla, woken }: Received): void {
  runtime.changeFeed.changed(conversation.id, 'visible');
  runtime.telemetry.publish('message.received', {}, { conversationId: conversation.id, messageId: message.id });
  if (woken) afterWoken(runtime, conversation.id, 'customer');
  if (startedSla) runtime.telemetry.publish('sla.started', {}, { sla: startedSla });
}

interface ReceivedRow {
  conversation: ConversationRow;
  message: MessageRow;
  sla: SlaRow | null;
  paused: boolean;
  woken: boolean;
}

const selectPriority = statement(
  'conversation.priority',
  (s) => `SELECT priority FROM ${s}.conversations WHERE id = $1`,
);

const insertCustomerMessage = statement(
  'conversation.receive',
  (s) => `
    WITH before AS (
      SELECT id, status, unanswered_since, snoozed_until FROM ${s}.conversations WHERE id = $1 FOR UPDATE
    ), conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'open', resolved_at = NULL, resolved_by = NULL, snoozed_until = NULL,
        unanswered_since = coalesce(c.unanswered_since, ${changeTime(s, 'c')}),
        last_message_at = ${changeTime(s, 'c')}, updated_at = ${changeTime(s, 'c')}
      FROM before WHERE c.id = before.id
      RETURNING c.*
    ), author AS (
      SELECT CASE WHEN actor_id IS NULL THEN '{"id": "anonymous"}' ELSE jsonb_build_object('id', actor_id) END AS actor
      FROM conversation
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, dedupe_key, created_at)
      SELECT conversation.id, 'customer', $2, author.actor, $3, $13, conversation.updated_at FROM conversation, author
      RETURNING *
    ), overtaken AS (
      SELECT ${s}.supersede_drafts(conversation.id) AS id FROM conversation
    ), sla AS (
      INSERT INTO ${s}.slas (conversation_id, priority, response_minutes, breach_minutes, calendar,
        started_at, response_due_at, breach_at)
      SELECT before.id, $5, $6, $7, $8, conversation.updated_at,
        conversation.updated_at + make_interval(secs => $9::float8 / 1000),
        conversation.updated_at + make_interval(secs => $10::float8 / 1000)
      FROM before JOIN conversation USING (id) WHERE $5::text IS NOT NULL AND NOT EXISTS (
        SELECT FROM ${s}.slas known WHERE known.conversation_id = before.id
          AND known.started_at >= coalesce(before.unanswered_since, 'infinity'))
      ON CONFLICT (conversation_id) WHERE status = 'active' DO NOTHING
      RETURNING *
    ), countdown AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, payload,
        traceparent)
      SELECT 'sla_breach', conversation_id, id, id, breach_at, started_at,
        jsonb_build_object('notify', ${isOwed(s, '$11', 'notifier')}), $14
      FROM sla
    ), request AS (
      SELECT ${s}.request_draft(conversation_id, id, $4, $14) AS id
      FROM message WHERE ${isOwed(s, '$12', 'draftGenerator')}
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, author, 'message.received', conversation_id, id, '{}'::jsonb FROM message
      UNION ALL
      SELECT ${s}.clock(), author.actor, 'conversation.reopened', before.id, NULL, '{}'
      FROM before, author WHERE before.status <> 'open'
      UNION ALL
      SELECT ${s}.clock(), author.actor, 'conversation.woken', before.id, NULL, '{"because": "customer"}'
      FROM before, author WHERE before.snoozed_until IS NOT NULL
      UNION ALL
      SELECT ${s}.clock(), '{"id": "system:drafts"}', 'draft.superseded', $1, overtaken.id, '{}' FROM overtaken
      UNION ALL
      SELECT started_at, '{"id": "system:sla"}', 'sla.started', conversation_id, id, jsonb_build_object(
        'priority', priority, 'responseMinutes', response_minutes, 'breachMinutes', breach_minutes,
        'responseDueAt', response_due_at, 'breachAt', breach_at)
      FROM sla
    )
    SELECT to_jsonb(conversation) AS conversation, to_jsonb(message) AS message,
      (SELECT to_jsonb(sla) FROM sla) AS sla, ${s}.clock_is_paused(conversation.id) AS paused,
      (SELECT snoozed_until IS NOT NULL FROM before) AS woken, (SELECT id FROM request) AS request_id
    FROM conversation, message`,
);
