import type { Actor, Message, Sla } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { isCallOwedSql, isModuleConfigured } from '../deliveries/announced-modules.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { oweCallsSql } from '../events/owe.js';
import type { Runtime } from '../runtime.js';
import { endSlaClockCte, slaClockEndedAuditLine } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { timeOfChangeSql } from './change-time.js';
import { type MessageRow, toMessage } from './rows.js';

/** A customer-visible text and its author. */
export interface ReplyText {
  /** The message's id, if the caller needs it beforehand. */
  messageId?: string;
  role: 'operator' | 'automation';
  content: string;
  author: Actor;
  metadata: Record<string, unknown>;
  /** The dedupe key, which is stored with the message to detect repeated calls. */
  dedupeKey?: string | undefined;
}

export interface WrittenReply {
  message: Message;
  /** The clock that this reply ended: fulfilled, or breached if it came too late. */
  endedSla: Sla | null;
}

/**
 * Writes a customer-visible text to an open conversation: an operator's, an approved or an allowed draft. No other
 * function does. Ends the running clock and owes `notifier.onReply` in the same statement. Null: there is no such open
 * conversation.
 */
export async function writeReply(
  tx: Executor,
  { config, traces }: Pick<Runtime, 'config' | 'traces'>,
  conversationId: string,
  answer: ReplyText,
): Promise<WrittenReply | null> {
  const [row] = await tx.run(insertAnswer, {
    conversationId,
    messageId: answer.messageId ?? null,
    role: answer.role,
    content: answer.content,
    author: answer.author,
    metadata: answer.metadata,
    dedupeKey: answer.dedupeKey ?? null,
    hasOnReply: isModuleConfigured(config, 'notifier.onReply'),
    traceparent: traces.traceparent(),
  });
  return row ? { message: toMessage(row.message), endedSla: row.sla && toSla(row.sla) } : null;
}

interface AnswerParams {
  conversationId: string;
  messageId: string | null;
  role: ReplyText['role'];
  content: string;
  author: Actor;
  metadata: Record<string, unknown>;
  dedupeKey: string | null;
  hasOnReply: boolean;
  traceparent: string | null;
}

const insertAnswer = declareStatement<AnswerParams, { message: MessageRow; sla: SlaRow | null }>(
  'conversation.answer',
  (s, p) => `
    WITH
    -- The customer no longer waits for an answer.
    conversation AS (
      UPDATE ${s}.conversations c SET
        unanswered_since = NULL, last_message_at = ${timeOfChangeSql(s, 'c')}, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.conversationId} AND status = 'open'
      RETURNING id, updated_at
    ),
    message AS (
      INSERT INTO ${s}.messages (id, conversation_id, role, content, author, metadata, dedupe_key, status, created_at)
      SELECT coalesce(${p.messageId}::uuid, ${s}.time_id()), id, ${p.role}, ${p.content}, ${p.author}, ${p.metadata},
        ${p.dedupeKey}, CASE WHEN ${isCallOwedSql(s, p.hasOnReply, 'notifier.onReply')} THEN 'pending' END, updated_at
      FROM conversation
      RETURNING *
    ),
    delivery AS (${oweCallsSql(s, {
      topic: 'reply',
      from: `message WHERE status = 'pending'`,
      subjectId: 'id',
      key: 'id',
      dueAt: 'created_at',
      createdAt: 'created_at',
      traceparent: p.traceparent,
    })}
    ),
    ${endSlaClockCte(s, 'answered')},
    audit AS (${insertAuditLinesSql(
      s,
      { from: 'message', at: 'created_at', actor: 'author', action: 'conversation.replied', subjectId: 'id' },
      { ...slaClockEndedAuditLine('message.author'), from: 'sla, message' },
    )}
    )
    SELECT to_jsonb(message) AS message, (SELECT to_jsonb(sla) FROM sla) AS sla FROM message`,
);
