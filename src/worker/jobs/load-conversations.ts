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
  const found = await runtime.db.run<ConversationRow>(selectConversations, [conversationIds(rows)]);
  return new Map(found.map((row) => [row.id, row]));
}

/** A conversation with its newest messages, oldest first. */
export interface WholeConversation {
  row: ConversationRow;
  messages: Message[];
}

/** As {@link loadConversations}, with at most `limit` messages each. */
export async function loadWholeConversations(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
  limit: number,
): Promise<Map<string, WholeConversation>> {
  const found = await runtime.db.run<WholeRow>(selectWhole, [conversationIds(rows), limit]);
  return new Map(
    found.map((row) => [row.id, { row, messages: row.messages.map((packed) => unpackMessage(row.id, packed)) }]),
  );
}

function conversationIds(rows: readonly ClaimedDelivery[]): string[] {
  return [...new Set(rows.map((row) => row.conversation_id))];
}

type WholeRow = ConversationRow & { messages: PackedMessage[] };

/** A message as {@link selectWhole} packs it. */
type PackedMessage = [
  id: string,
  role: MessageRow['role'],
  content: string,
  author: MessageRow['author'],
  metadata: MessageRow['metadata'],
  status: MessageRow['status'],
  sentAt: string | null,
  createdAt: string,
];

function unpackMessage(
  conversation_id: string,
  [id, role, content, author, metadata, status, sent_at, created_at]: PackedMessage,
): Message {
  return toMessage({ id, conversation_id, role, content, author, metadata, status, sent_at, created_at });
}

const selectConversations = statement(
  'delivery.conversations',
  (s) => `SELECT * FROM ${s}.conversations WHERE id = ANY ($1::uuid[])`,
);

/** Messages come packed in JSON, by position: a worker that drains spends most of its time on reading rows. */
const selectWhole = statement(
  'delivery.whole_conversations',
  (s) => `
    SELECT c.*, packed.messages FROM ${s}.conversations c CROSS JOIN LATERAL (
      SELECT coalesce(json_agg(
        json_build_array(m.id, m.role, m.content, m.author, m.metadata, m.status, m.sent_at, m.created_at)
        ORDER BY m.created_at, m.id), '[]') AS messages
      FROM (
        SELECT * FROM ${s}.messages WHERE conversation_id = c.id ORDER BY created_at DESC, id DESC LIMIT $2
      ) m
    ) packed
    WHERE c.id = ANY ($1::uuid[])`,
);
