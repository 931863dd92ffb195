import type { Message, Sla } from '../contracts/domain.js';
import type { ReceiveInput } from '../contracts/inputs.js';
import { declareStatement, type Executor, type StatementPlaceholders } from '../db/statement.js';
import { toDate } from '../db/timestamp.js';
import { announce } from '../events/announce.js';
import { type AuditLine, insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { resumePausedSlaClock } from '../sla/pause.js';
import { readNewSlaClockTerms } from '../sla/prepare-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { noStartSlaClockSql, type StartSlaClockSql, startSlaClockSql } from '../sla/start-clock.js';
import { createInputSchema, customerTextSchema, isId, metadataSchema, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import {
  type CustomerMessageParams,
  customerMessageCtes,
  customerMessageParams,
  messageReceivedAuditLine,
  type SlaClockStartParams,
  toSlaClockStartParams,
} from './customer-message.js';
import { dedupeKeyOfReceivedMessage, dedupeKeySchema } from './dedupe-key.js';
import { findMessageByDedupeKeyUnderLock } from './find-by-dedupe-key.js';
import { type MessageRow, toMessage } from './rows.js';

const receiveInput = createInputSchema<ReceiveInput>()({
  content: customerTextSchema,
  metadata: metadataSchema,
  /** A second call with the same key for the same conversation writes nothing and returns the first message. */
  dedupeKey: dedupeKeySchema.optional(),
});

/**
 * Records a customer's message; only the first one of a conversation can also be written by `open`. Reopens a resolved
 * conversation, starts the SLA clock, supersedes pending drafts and requests a new one. A known `dedupeKey` returns the
 * message that it wrote. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function receiveMessage(runtime: Runtime, id: string, input: ReceiveInput): Promise<Message> {
  const { content: written, metadata, dedupeKey } = parseInput('conversations.receive', receiveInput, input);
  const { content, ...cut } = written;
  if (!isId(id)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  // Without a provider no clock can start, so the query for the priority is skipped.
  const clock =
    runtime.config.slaPolicyProvider && (await readNewSlaClockTerms(runtime, await priorityOf(runtime, id)));
  const received = await runtime.traces.send(customerMessageTopics, () =>
    record(runtime, {
      id,
      dedupeKey: dedupeKey === undefined ? null : dedupeKeyOfReceivedMessage(dedupeKey),
      ...customerMessageParams(runtime, { content, metadata: { ...metadata, ...cut } }),
      clock: clock && toSlaClockStartParams(runtime, clock),
    }),
  );
  if (!received) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  if ('repeated' in received) return received.repeated;
  const { message, startedSla, woken } = received;
  announceReceivedMessage(runtime, { conversationId: id, messageId: message.id, startedSla, woken });
  return message;
}

/** The topics of deliveries that a customer's message may owe. */
export const customerMessageTopics = ['sla_breach', 'draft'] as const;

async function priorityOf(runtime: Runtime, id: string): Promise<string> {
  const [row] = await runtime.db.run(selectPriority, { id });
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return row.priority;
}

interface Writing extends Omit<ReceiveParams, 'resumes'> {
  /** The terms of the clock that may start; undefined if none can. */
  clock: SlaClockStartParams | undefined;
}

interface Received {
  message: Message;
  startedSla: Sla | null;
  /** Whether the message woke a snoozed conversation. */
  woken: boolean;
}

/**
 * Writes the message: in one statement, unless a key is to be compared or a clock resumed under the conversation's
 * lock. Null: there is no such conversation.
 */
async function record(runtime: Runtime, writing: Writing): Promise<Received | { repeated: Message } | null> {
  const { db } = runtime;
  const [row] = writing.dedupeKey === null ? await write(db, writing, false) : [];
  if (row?.message) return toReceived(row, row.message);
  if (!row && writing.dedupeKey === null) return null;
  return db.transaction(async (tx) => (await repeatedMessage(tx, writing)) ?? recordAndResume(tx, runtime, writing));
}

function write(executor: Executor, { clock, ...message }: Writing, resumes: boolean): Promise<ReceivedRow[]> {
  const params = { ...message, resumes };
  return clock ? executor.run(insertWithClock, { ...params, ...clock }) : executor.run(insertMessage, params);
}

async function repeatedMessage(tx: Executor, { id, dedupeKey }: Writing): Promise<{ repeated: Message } | null> {
  const repeated = dedupeKey === null ? null : await findMessageByDedupeKeyUnderLock(tx, id, dedupeKey);
  return repeated && { repeated };
}

async function recordAndResume(tx: Executor, runtime: Runtime, writing: Writing): Promise<Received | null> {
  const [row] = await write(tx, writing, true);
  const message = row?.message;
  if (!message) return null;
  if (row.paused && message.author)
    await resumePausedSlaClock(tx, runtime, writing.id, message.author, toDate(message.created_at));
  return toReceived(row, message);
}

function toReceived({ sla, woken }: ReceivedRow, message: MessageRow): Received {
  return { message: toMessage(message), startedSla: sla && toSla(sla), woken };
}

/** Announces a customer's message; call it after the commit. */
export function announceReceivedMessage(
  runtime: Runtime,
  change: { conversationId: string; messageId: string; startedSla: Sla | null; woken: boolean },
): void {
  const { conversationId, messageId, startedSla, woken } = change;
  announce(runtime, 'message.received', { conversationId, messageId });
  if (woken) announce(runtime, 'conversation.woken', { conversationId, because: 'customer' });
  if (startedSla) announce(runtime, 'sla.started', { sla: startedSla });
}

const selectPriority = declareStatement<{ id: string }, { priority: string }>(
  'conversation.priority',
  (s, p) => `SELECT priority FROM ${s}.conversations WHERE id = ${p.id}`,
);

interface ReceiveParams extends CustomerMessageParams {
  id: string;
  dedupeKey: string | null;
  /**
   * Whether the caller resumes a paused clock in the same transaction. If not, nothing is written while a clock is
   * paused.
   */
  resumes: boolean;
}

interface ReceivedRow {
  /**
   * The written message. Null: nothing was written, because a paused clock has to be resumed in the same transaction.
   */
  message: MessageRow | null;
  sla: SlaRow | null;
  paused: boolean;
  woken: boolean;
}

const insertMessage = declareStatement<ReceiveParams, ReceivedRow>('conversation.receive', (s, p) =>
  receiving(s, p, noStartSlaClockSql),
);

const insertWithClock = declareStatement<ReceiveParams & SlaClockStartParams, ReceivedRow>(
  'conversation.receive_with_clock',
  (s, p) =>
    receiving(
      s,
      p,
      startSlaClockSql(s, p, { from: 'before JOIN conversation USING (id)', waitingSince: 'before.unanswered_since' }),
    ),
);

function receiving(s: string, p: StatementPlaceholders<ReceiveParams>, clock: StartSlaClockSql): string {
  return `
    WITH
    -- The locked conversation as it was before; it is then open, awake and waiting for an answer.
    before AS (
      SELECT locked.*, ${s}.clock_is_paused(locked.id) AS paused FROM (
        SELECT id, status, unanswered_since, snoozed_until FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE
      ) locked
    ),
    conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'open', resolved_at = NULL, resolved_by = NULL, snoozed_until = NULL,
        unanswered_since = coalesce(c.unanswered_since, ${timeOfChangeSql(s, 'c')}),
        last_message_at = ${timeOfChangeSql(s, 'c')}, updated_at = ${timeOfChangeSql(s, 'c')}
      FROM before WHERE c.id = before.id AND (${p.resumes}::boolean OR NOT before.paused)
      RETURNING c.id, c.actor_id, c.updated_at
    ),
    -- Drafts that wait for approval do not reply to the new message, so it supersedes them.
    overtaken AS (
      SELECT ${s}.supersede_drafts(conversation.id) AS id FROM conversation
    ),
    ${clock.parts}
    ${customerMessageCtes(s, p, p.dedupeKey)},
    audit AS (${insertAuditLinesSql(s, messageReceivedAuditLine, ...otherLines(s, p.id), ...clock.lines)}
    )
    SELECT to_jsonb(message) AS message, ${clock.row} AS sla, before.paused,
      before.snoozed_until IS NOT NULL AS woken, (SELECT id FROM request) AS request_id
    FROM before LEFT JOIN message ON true`;
}

/**
 * The audit lines for what else follows from a customer's message, such as a reopening or the end of a snooze, in their
 * order.
 */
function otherLines(s: string, id: string): AuditLine[] {
  const before = { at: `${s}.clock()`, actor: 'message.author', conversationId: 'before.id' };
  return [
    { ...before, from: `before, message WHERE before.status <> 'open'`, action: 'conversation.reopened' },
    {
      ...before,
      from: 'before, message WHERE before.snoozed_until IS NOT NULL',
      action: 'conversation.woken',
      detail: `'{"because": "customer"}'`,
    },
    {
      from: 'overtaken',
      at: `${s}.clock()`,
      actor: systemActorSql('drafts'),
      action: 'draft.superseded',
      conversationId: id,
      subjectId: 'overtaken.id',
    },
  ];
}
