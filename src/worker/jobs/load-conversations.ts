import { type ConversationRow, type MessageRow, toMessage } from '../../conversations/rows.js';
import { arrayLiteral } from '../../db/array-literal.js';
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

/** A conversation with its newest messages. */
export interface WholeConversation {
  row: ConversationRow;
  /** Oldest first; made when they are asked for, because what waits for its turn is copied by every garbage collection. */
  messages(): Message[];
}

/** As {@link loadConversations}, with at most `limit` messages each. */
export async function loadWholeConversations(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
  limit: number,
): Promise<Map<string, WholeConversation>> {
  const found = await runtime.db.run<WholeRow>(selectWhole, [conversationIds(rows), limit]);
  return new Map(found.map((row) => [row.id, { row, messages: () => oldestFirst(row) }]));
}

function conversationIds(rows: readonly ClaimedDelivery[]): string {
  return arrayLiteral([...new Set(rows.map((row) => row.conversation_id))]);
}

/** `packed` is a JSON array of {@link PackedMessage}, newest first; null for none. */
type WholeRow = ConversationRow & { packed: string | null };

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

function oldestFirst({ id, packed }: WholeRow): Message[] {
  const newestFirst: PackedMessage[] = packed === null ? [] : JSON.parse(packed);
  return newestFirst.map((message) => unpackMessage(id, message)).reverse();
}

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

/** Messages come packed in JSON, by position: reading rows is what a worker that drains spends most of its time on. */
const selectWhole = statement(
  'delivery.whole_conversations',
  (s) => `
    SELECT c.*, newest.packed FROM ${s}.conversations c CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(id, role, content, author, metadata, status, sent_at, created_at))::text AS packed
      FROM (
        SELECT * FROM ${s}.messages WHERE conversation_id = c.id ORDER BY created_at DESC, id DESC LIMIT $2
      ) message
    ) newest
    WHERE c.id = ANY ($1::uuid[])`,
);
