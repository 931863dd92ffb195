import type { Message } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { type MessageRow, toMessage } from './rows.js';

/** The message that an earlier call with this key wrote, if any. */
export async function findByDedupeKey(
  executor: Executor,
  conversationId: string,
  dedupeKey: string,
): Promise<Message | null> {
  const [row] = await executor.run<MessageRow>(selectByKey, [conversationId, dedupeKey]);
  return row ? toMessage(row) : null;
}

/**
 * Like {@link findByDedupeKey}, under the conversation's lock: the second of two concurrent calls finds the first one's
 * message.
 */
export async function findByDedupeKeyUnderLock(
  tx: Executor,
  conversationId: string,
  key: string,
): Promise<Message | null> {
  await tx.run(lockForKey, [conversationId]);
  return findByDedupeKey(tx, conversationId, key);
}

const lockForKey = statement(
  'message.lock_for_key',
  (s) => `SELECT id FROM ${s}.conversations WHERE id = $1 FOR UPDATE`,
);

const selectByKey = statement(
  'message.by_key',
  (s) => `SELECT * FROM ${s}.messages WHERE conversation_id = $1 AND dedupe_key = $2`,
);
