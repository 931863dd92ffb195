import type { Conversation } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { maxLoadedMessageBytes, newestMessagesSql, truncatedMessageContentSql } from './newest-messages.js';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from './rows.js';

/** Maximum number of messages loaded with a conversation. */
export const maxLoadedMessages = 10_000;

/**
 * Finds a conversation with its messages, oldest first: the newest {@link maxLoadedMessages}, and no more than {@link
 * maxLoadedMessageBytes} of them. Null if there is none.
 */
export async function findConversation(runtime: Runtime, id: string): Promise<Conversation | null> {
  if (!isId(id)) return null;
  const [conversations, messages] = await Promise.all([
    runtime.db.run(selectConversation, { id }),
    runtime.db.run(selectMessages, { id, limit: maxLoadedMessages, budget: maxLoadedMessageBytes }),
  ]);
  const isTruncated = messages.some(({ truncated }) => truncated);
  return conversations[0] ? toConversation(conversations[0], messages.map(toMessage), isTruncated) : null;
}

/** As {@link findConversation}, but throws `CONVERSATION_NOT_FOUND`. */
export async function requireConversation(runtime: Runtime, id: string): Promise<Conversation> {
  const conversation = await findConversation(runtime, id);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return conversation;
}

/** Returns a conversation without its messages. Throws `CONVERSATION_NOT_FOUND`. */
export async function requireConversationWithoutMessages(executor: Executor, id: string): Promise<Conversation> {
  const [row] = isId(id) ? await executor.run(selectConversation, { id }) : [];
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return toConversation(row);
}

const selectConversation = declareStatement<{ id: string }, ConversationRow>(
  'conversation.find',
  (s, p) => `SELECT bounded.* FROM ${s}.conversations c, ${s}.bounded_conversation(c) bounded WHERE c.id = ${p.id}`,
);

/** Selects the newest messages of a conversation, oldest first. */
const selectMessages = declareStatement<
  { id: string; limit: number; budget: number },
  MessageRow & { truncated: boolean }
>(
  'conversation.messages',
  (s, p) => `
    SELECT id, conversation_id, role, ${truncatedMessageContentSql} AS content, author, ${s}.bounded_map(metadata) AS metadata,
      status, sent_at, created_at, truncated
    FROM (
      SELECT *, NOT bool_and(whole) OVER () AS truncated FROM (
        ${newestMessagesSql(s, `m.conversation_id = ${p.id}`, `${p.limit}::int`, `${p.budget}::bigint`)}
      ) chosen
    ) newest
    WHERE kept ORDER BY created_at, id`,
);
