import type { Message } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { type MessageRow, toMessage } from './rows.js';

/** Finds the message that an earlier call with this key wrote; null if there is none. */
export async function findMessageByDedupeKey(
  executor: Executor,
  conversationId: string,
  dedupeKey: string,
): Promise<Message | null> {
  const [row] = await executor.run(selectByKey, { conversationId, dedupeKey });
  return row ? toMessage(row) : null;
}

/**
 * Like {@link findMessageByDedupeKey}, under the lock of the conversation: the second of two concurrent calls finds the
 * message of the first one.
 */
export async function findMessageByDedupeKeyUnderLock(
  tx: Executor,
  conversationId: string,
  key: string,
): Promise<Message | null> {
  await tx.run(lockForKey, { conversationId });
  return findMessageByDedupeKey(tx, conversationId, key);
}

const lockForKey = declareStatement<{ conversationId: string }, { id: string }>(
  'message.lock_for_key',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ${p.conversationId} FOR UPDATE`,
);

const selectByKey = declareStatement<{ conversationId: string; dedupeKey: string }, MessageRow>(
  'message.by_key',
  (s, p) => `SELECT * FROM ${s}.messages WHERE conversation_id = ${p.conversationId} AND dedupe_key = ${p.dedupeKey}`,
);
