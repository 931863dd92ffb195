import type { Conversation, Message, Sla } from '../contracts/domain.js';
import type { ReceiveInput } from '../contracts/inputs.js';
import { type Executor, statement } from '../db/statement.js';
import { toDate } from '../db/timestamp.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import { announce } from '../events/announce.js';
import { type AuditLine, auditLines, systemActor } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { resumeHeldClock } from '../sla/pause.js';
import { type ClockTerms, prepareClock } from '../sla/prepare-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { oweCountdown, startClock, type TermsParams, termsParams } from '../sla/start-clock.js';
import { customerText, isId, metadata, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { dedupeKey, receiveDedupeKey } from './dedupe-key.js';
import { findByDedupeKeyUnderLock } from './find-by-dedupe-key.js';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from './rows.js';

const receiveInput = schemaOf<ReceiveInput>()({
  content: customerText,
  metadata,
  /** A second call with the same key for the same conversation writes nothing and returns the first message. */
  dedupeKey: dedupeKey.optional(),
});

export interface ReceivedMessage {
  conversation: Conversation;
  message: Message;
  startedSla: Sla | null;
  /** Whether the message woke a snoozed conversation. */
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
  if (!isId(id)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  // Without a provider no clock starts, and a query is saved.
  const clock = runtime.config.slaPolicyProvider && (await prepareClock(runtime, await priorityOf(runtime, id)));
  const key = dedupeKey === undefined ? null : receiveDedupeKey(dedupeKey);
  const received = await runtime.traces.send(receivedTopics, () =>
    runtime.db.transaction(
      async (tx) =>
        (key && (await repeatedMessage(tx, id, key))) ||
        recordCustomerMessage(tx, runtime, id, { content, metadata: { ...metadata, ...cut }, key }, clock),
    ),
  );
  if (!received) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  if ('repeated' in received) return received.repeated;
  announceReceived(runtime, received);
  return received.message;
}

/** The topics of deliveries that a customer's message may owe. */
export const receivedTopics = ['sla_breach', 'draft'] as const;

async function repeatedMessage(tx: Executor, id: string, key: string): Promise<{ repeated: Message } | null> {
  const repeated = await findByDedupeKeyUnderLock(tx, id, key);
  return repeated && { repeated };
}

async function priorityOf(runtime: Runtime, id: string): Promise<string> {
  const [row] = await runtime.db.run(selectPriority, { id });
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
): Promise<ReceivedMessage | null> {
  const { config } = runtime;
  const [row] = await tx.run(insertCustomerMessage, {
    id,
    content: input.content,
    metadata: input.metadata,
    debounceMs: config.drafts.debounceMs,
    ...termsParams(clock),
    hasNotifier: hasModule(config, 'notifier'),
    hasGenerator: hasModule(config, 'draftGenerator'),
    dedupeKey: input.key ?? null,
    traceparent: runtime.traces.traceparent(),
  });
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

/** Announces a recorded customer message, after the commit of {@link recordCustomerMessage}. */
export function announceReceived(
  runtime: Runtime,
  { conversation, message, startedSla, woken }: ReceivedMessage,
): void {
  const conversationId = conversation.id;
  announce(runtime, 'message.received', { conversationId, messageId: message.id });
  if (woken) announce(runtime, 'conversation.woken', { conversationId, because: 'customer' });
  if (startedSla) announce(runtime, 'sla.started', { sla: startedSla });
}

interface ReceivedRow {
  conversation: ConversationRow;
  message: MessageRow;
  sla: SlaRow | null;
  paused: boolean;
  woken: boolean;
}

const selectPriority = statement<{ id: string }, { priority: string }>(
  'conversation.priority',
  (s, p) => `SELECT priority FROM ${s}.conversations WHERE id = ${p.id}`,
);

interface ReceiveParams extends TermsParams {
  id: string;
  content: string;
  metadata: Record<string, unknown>;
  dedupeKey: string | null;
  debounceMs: number;
  hasNotifier: boolean;
  hasGenerator: boolean;
  traceparent: string | null;
}

const insertCustomerMessage = statement<ReceiveParams, ReceivedRow>(
  'conversation.receive',
  (s, p) => `
    WITH
    -- The conversation as it was, locked; then open, awake and waiting for an answer.
    before AS (
      SELECT id, status, unanswered_since, snoozed_until FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE
    ),
    conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'open', resolved_at = NULL, resolved_by = NULL, snoozed_until = NULL,
        unanswered_since = coalesce(c.unanswered_since, ${changeTime(s, 'c')}),
        last_message_at = ${changeTime(s, 'c')}, updated_at = ${changeTime(s, 'c')}
      FROM before WHERE c.id = before.id
      RETURNING c.*
    ),
    author AS (
      SELECT CASE WHEN actor_id IS NULL THEN '{"id": "anonymous"}' ELSE jsonb_build_object('id', actor_id) END AS actor
      FROM conversation
    ),
    message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, dedupe_key, created_at)
      SELECT conversation.id, 'customer', ${p.content}, author.actor, ${p.metadata}, ${p.dedupeKey},
        conversation.updated_at
      FROM conversation, author
      RETURNING *
    ),
    -- Drafts that wait for approval reply to less than the customer has said by now.
    overtaken AS (
      SELECT ${s}.supersede_drafts(conversation.id) AS id FROM conversation
    ),
    -- A clock starts with the first message that nobody has answered, and owes a call at its end.
    ${startClock(s, p)},
    countdown AS (${oweCountdown(s, p, { from: 'sla', createdAt: 'started_at' })}
    ),
    -- A draft is asked for once the customer has stopped writing.
    request AS (
      SELECT ${s}.request_draft(conversation_id, id, ${p.debounceMs}, ${p.traceparent}) AS id
      FROM message WHERE ${isOwed(s, p.hasGenerator, 'draftGenerator')}
    ),
    audit AS (${auditLines(s, ...receivedLines(s, p.id))}
    )
    SELECT to_jsonb(conversation) AS conversation, to_jsonb(message) AS message,
      (SELECT to_jsonb(sla) FROM sla) AS sla, ${s}.clock_is_paused(conversation.id) AS paused,
      (SELECT snoozed_until IS NOT NULL FROM before) AS woken, (SELECT id FROM request) AS request_id
    FROM conversation, message`,
);

/** The audit lines of what a customer's message changed, in their order. */
function receivedLines(s: string, id: string): AuditLine[] {
  const before = { at: `${s}.clock()`, actor: 'author.actor', conversationId: 'before.id' };
  return [
    { from: 'message', at: 'created_at', actor: 'author', action: 'message.received', subjectId: 'id' },
    { ...before, from: `before, author WHERE before.status <> 'open'`, action: 'conversation.reopened' },
    {
      ...before,
      from: 'before, author WHERE before.snoozed_until IS NOT NULL',
      action: 'conversation.woken',
      detail: `'{"because": "customer"}'`,
    },
    {
      from: 'overtaken',
      at: `${s}.clock()`,
      actor: systemActor('drafts'),
      action: 'draft.superseded',
      conversationId: id,
      subjectId: 'overtaken.id',
    },
    {
      from: 'sla',
      at: 'started_at',
      actor: systemActor('sla'),
      action: 'sla.started',
      subjectId: 'id',
      detail: `jsonb_build_object(
        'priority', priority, 'responseMinutes', response_minutes, 'breachMinutes', breach_minutes,
        'responseDueAt', response_due_at, 'breachAt', breach_at)`,
    },
  ];
}
