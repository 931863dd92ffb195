import type { Actor, Message, Sla } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import type { Runtime } from '../runtime.js';
import { endClock } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { changeTime } from './change-time.js';
import { type MessageRow, toMessage } from './rows.js';

/** A customer-visible text and its author. */
export interface Answer {
  /** The message's id, if the caller needs it beforehand. */
  messageId?: string;
  role: 'operator' | 'automation';
  content: string;
  author: Actor;
  metadata: Record<string, unknown>;
  /** Stored with the message, to detect repeated calls. */
  dedupeKey?: string | undefined;
}

export interface Answered {
  message: Message;
  /** The clock that this reply ended: fulfilled, or breached if it came too late. */
  endedSla: Sla | null;
}

/**
 * Writes a customer-visible text to an open conversation, typed, approved or allowed; the only place that does. It ends
 * the running clock and owes `notifier.onReply` in the same statement. Null: no such open conversation.
 */
export async function sendAnswer(
  tx: Executor,
  { config, traces }: Pick<Runtime, 'config' | 'traces'>,
  conversationId: string,
  answer: Answer,
): Promise<Answered | null> {
  const [row] = await tx.run<{ message: MessageRow; sla: SlaRow | null }>(insertAnswer, [
    conversationId,
    answer.messageId ?? null,
    answer.role,
    answer.content,
    answer.author,
    answer.metadata,
    answer.dedupeKey ?? null,
    hasModule(config, 'notifier.onReply'),
    traces.traceparent(),
  ]);
  return row ? { message: toMessage(row.message), endedSla: row.sla && toSla(row.sla) } : null;
}

const insertAnswer = statement(
  'conversation.answer',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        unanswered_since = NULL, last_message_at = ${changeTime(s, 'c')}, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND status = 'open'
      RETURNING id, updated_at
    ), message AS (
      INSERT INTO ${s}.messages (id, conversation_id, role, content, author, metadata, dedupe_key, status, created_at)
      SELECT coalesce($2::uuid, ${s}.time_id()), id, $3, $4, $5, $6, $7,
        CASE WHEN ${isOwed(s, '$8', 'notifier.onReply')} THEN 'pending' END, updated_at
      FROM conversation
      RETURNING *
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, traceparent)
      SELECT 'reply', conversation_id, id, id, created_at, created_at, $9 FROM message WHERE status = 'pending'
    ), ${endClock(s, 'answered')}, audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT created_at, author, 'conversation.replied', conversation_id, id FROM message
      UNION ALL
      SELECT completed_at, message.author, 'sla.' || sla.status, sla.conversation_id, sla.id FROM sla, message
    )
    SELECT to_jsonb(message) AS message, (SELECT to_jsonb(sla) FROM sla) AS sla FROM message`,
);
