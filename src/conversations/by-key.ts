import { type Executor, statement } from '../db/statement.js';
import type { Message } from '../domain.js';
import { type MessageRow, toMessage } from './rows.js';

/** The message that an earlier call with this key has written into a conversation, if one has. */
export async function findByKey(
  executor: Executor,
  conversationId: string,
  dedupeKey: string,
): Promise<Message | null> {
  const [row] = await executor.run<MessageRow>(selectByKey, [conversationId, dedupeKey]);
  return row ? toMessage(row) : null;
}

const selectByKey = statement(
  'message.by_key',
  (s) => `SELECT * FROM ${s}.messages WHERE conversation_id = $1 AND dedupe_key = $2`,
);
