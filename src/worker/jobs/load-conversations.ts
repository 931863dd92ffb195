import { selectMessages } from '../../conversations/find.js';
import { type ConversationRow, type MessageRow, toMessage } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { Message } from '../../domain.js';
import type { Runtime } from '../../runtime.js';

/** The conversations that a batch is about, by id; a deleted one is missing. */
export async function loadConversations(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
): Promise<Map<string, ConversationRow>> {
  const ids = [...new Set(rows.map((row) => row.conversation_id))];
  const found = await runtime.db.run<ConversationRow>(selectConversations, [ids]);
  return new Map(found.map((row) => [row.id, row]));
}

/** Their newest messages, oldest first, by conversation id. */
export async function loadMessages(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
  limit: number,
): Promise<Map<string, Message[]>> {
  const ids = [...new Set(rows.map((row) => row.conversation_id))];
  const byConversation = new Map<string, Message[]>(ids.map((id) => [id, []]));
  for (const row of await runtime.db.run<MessageRow>(selectMessages, [ids, limit])) {
    byConversation.get(row.conversation_id)?.push(toMessage(row));
  }
  return byConversation;
}

const selectConversations = statement(
  'delivery.conversations',
  (s) => `SELECT * FROM ${s}.conversations WHERE id = ANY ($1::uuid[])`,
);
