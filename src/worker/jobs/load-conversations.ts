import type { Message } from '../../contracts/domain.js';
import {
  maxMessageBytesPerCall,
  newestMessagesSql,
  truncatedMessageContentSql,
} from '../../conversations/newest-messages.js';
import { type ConversationRow, conversationColumns, type MessageRow, toMessage } from '../../conversations/rows.js';
import { formatArrayLiteral } from '../../db/array-literal.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import { releasedCallMark } from '../../deliveries/load-batch.js';
import { shortCallBatchSize } from '../../deliveries/prefetch.js';
import type { Runtime } from '../../runtime.js';

/** Loads the conversations of a batch of deliveries, by id; a deleted one is missing. */
export async function loadConversations(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
): Promise<Map<string, ConversationRow>> {
  const ids = conversationIds(rows);
  const load = (how: How, wanted: readonly string[]) =>
    runtime.db.run(conversations[how], { ids: formatArrayLiteral(wanted) });
  const { found } = await withLarge(ids, load, ids.length);
  return new Map(found.map((row) => [row.id, row]));
}

/** A conversation with its newest messages. */
export interface ConversationWithMessages {
  row: ConversationRow;
  /**
   * Returns the conversation's messages, oldest first. They are parsed at this call, because each garbage collection
   * would copy the parsed messages of all waiting calls.
   */
  messages(): Message[];
  /** Whether older messages were left out, or one was cut. */
  isTruncated: boolean;
}

/**
 * Like {@link loadConversations}, with at most `limit` messages each, within the byte budget of a call. At most
 * `worker.concurrency` large conversations of a batch are loaded; the deliveries of the others are released.
 */
export async function loadConversationsWithMessages(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
  limit: number,
): Promise<Map<string, ConversationWithMessages | typeof releasedCallMark>> {
  const { concurrency } = runtime.config.worker;
  const budget = {
    small: maxMessageBytesPerCall(Math.max(concurrency, shortCallBatchSize)),
    large: maxMessageBytesPerCall(concurrency),
  };
  const load = (how: How, ids: readonly string[]) =>
    runtime.db.run(wholeConversations[how], { ids: formatArrayLiteral(ids), limit, budget: budget[how] });
  const { found, left } = await withLarge(conversationIds(rows), load, concurrency);
  return new Map<string, ConversationWithMessages | typeof releasedCallMark>([
    ...found.map((row) => [row.id, toWhole(row)] as const),
    ...left.map((id) => [id, releasedCallMark] as const),
  ]);
}

function toWhole(row: WholeRow): ConversationWithMessages {
  return { row, messages: () => oldestFirst(row), isTruncated: row.truncated ?? false };
}

function conversationIds(rows: readonly ClaimedDelivery[]): string[] {
  return [...new Set(rows.map((row) => row.conversation_id))];
}

/** `small` loads a conversation as it is, `large` bounds its size. */
type How = 'small' | 'large';

/**
 * Loads small conversations, then at most `mostLarge` large ones with their size bounded. Large ones are rare, and
 * bounding their size takes a good part of the time of a load.
 */
async function withLarge<Row extends { id: string }>(
  ids: readonly string[],
  load: (how: How, ids: readonly string[]) => Promise<Row[]>,
  mostLarge: number,
): Promise<{ found: Row[]; left: string[] }> {
  const found = await load('small', ids);
  if (found.length === ids.length) return { found, left: [] };
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  const large = await load('large', missing.slice(0, mostLarge));
  return { found: [...found, ...large], left: missing.slice(mostLarge) };
}

/** `packed` is a JSON array of {@link PackedMessage}, newest first; null for none. */
type WholeRow = ConversationRow & { packed: string | null; truncated?: boolean | null };

/** A message as {@link packed} builds it. */
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

/**
 * Limits of a small conversation, which is loaded unchecked. Metadata is measured as stored: compressed, by a factor of
 * a few hundred at most.
 */
const small = { messages: 50, metadataBytes: 2048 };

const columns = conversationColumns.map((name) => `c.${name}`).join(', ');

/** Parameters of the statements that load conversations: the ids as a Postgres array literal. */
interface Ids {
  ids: string;
}

interface Whole extends Ids {
  limit: number;
  budget: number;
}

const smallOnes = (s: string, { ids }: StatementPlaceholders<Ids>) =>
  `${s}.conversations c WHERE c.id = ANY (${ids}::uuid[]) AND pg_column_size(c.metadata) <= ${small.metadataBytes}`;

const largeOnes = (s: string, { ids }: StatementPlaceholders<Ids>) =>
  `(SELECT bounded.* FROM ${s}.conversations stored, ${s}.bounded_conversation(stored) bounded
      WHERE stored.id = ANY (${ids}::uuid[])) c`;

const conversations: Record<How, Statement<Ids, ConversationRow>> = {
  small: declareStatement('delivery.conversations', (s, p) => `SELECT ${columns} FROM ${smallOnes(s, p)}`),
  large: declareStatement('delivery.large_conversations', (s, p) => `SELECT ${columns} FROM ${largeOnes(s, p)}`),
};

/** SQL that packs messages into JSON arrays: otherwise a draining worker spends most of its time reading rows. */
const packed = (content: string, metadata: string) =>
  `json_agg(json_build_array(id, role, ${content}, author, ${metadata}, status, sent_at, created_at))`;

/** SQL condition: the message's content is within its share of the budget, and its metadata is small. */
const isSmall = (budget: string) =>
  `octet_length(content) <= ${budget}::int / ${small.messages} AND pg_column_size(metadata) <= ${small.metadataBytes}`;

const wholeConversations: Record<How, Statement<Whole, WholeRow>> = {
  small: declareStatement(
    'delivery.whole_conversations',
    (s, p) => `
    SELECT ${columns}, newest.packed FROM (SELECT * FROM ${smallOnes(s, p)}) c CROSS JOIN LATERAL (
      SELECT (${packed('content', 'metadata')} FILTER (WHERE is_small))::text AS packed
      FROM (
        SELECT *, ${isSmall(p.budget)} AS is_small
        FROM ${s}.messages WHERE conversation_id = c.id ORDER BY created_at DESC, id DESC LIMIT ${small.messages} + 1
      ) message
      HAVING count(*) <= least(${p.limit}::int, ${small.messages}) AND coalesce(bool_and(is_small), true)
    ) newest`,
  ),
  large: declareStatement(
    'delivery.large_whole_conversations',
    (s, p) => `
    SELECT ${columns}, newest.packed, newest.truncated FROM ${largeOnes(s, p)} CROSS JOIN LATERAL (
      SELECT NOT bool_and(whole) AS truncated,
        (${packed(truncatedMessageContentSql, `${s}.bounded_map(metadata)`)} FILTER (WHERE kept))::text AS packed
      FROM (${newestMessagesSql(s, 'm.conversation_id = c.id', `${p.limit}::int`, `${p.budget}::bigint`)}
      ) message
    ) newest`,
  ),
};
