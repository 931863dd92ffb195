import type { HostModules } from '../config/config-types.js';
import type { Actor, Message, Sla } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import { endClock } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { changeTime } from './change-time.js';
import { type MessageRow, toMessage } from './rows.js';

/** A text that the customer will see, and who stands for it. */
export interface Answer {
  /** The message's id where the caller must know it beforehand; else one is made. */
  messageId?: string;
  role: 'operator' | 'automation';
  content: string;
  author: Actor;
  metadata: Record<string, unknown>;
  /** Kept with the message, for who asks whether it was sent before. */
  dedupeKey?: string | undefined;
}

export interface Answered {
  message: Message;
  /** The clock that this answer ended: fulfilled, or breached when it came too late. */
  endedSla: Sla | null;
}

/**
 * Sends a text to the customer of an open conversation: the one way out, whether it was typed, approved or allowed. It
 * ends the running clock, and owes `notifier.onReply` in the same statement where somebody has it. Null: there is no
 * such open conversation.
 */
export async function sendAnswer(
  tx: Executor,
  config: HostModules,
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
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      SELECT 'reply', conversation_id, id, id, created_at, created_at FROM message WHERE status = 'pending'
    ), ${endClock(s, 'answered')}, audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT created_at, author, 'conversation.replied', conversation_id, id FROM message
      UNION ALL
      SELECT completed_at, message.author, 'sla.' || sla.status, sla.conversation_id, sla.id FROM sla, message
    )
    SELECT to_jsonb(message) AS message, (SELECT to_jsonb(sla) FROM sla) AS sla FROM message`,
);
