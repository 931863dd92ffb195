import { type MessageRow, toMessage } from '../../conversations/rows.js';
import { decodeTimeCursor, encodeCursor, type TimeCursor } from '../../db/cursor.js';
import { declareStatement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import { waitsForEarlierDeliverySql } from '../../deliveries/ordered-topics.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { ThreadDelivery, ThreadMessage } from '../model.js';
import { maxComparedCharacters } from '../word-diff.js';
import { addCustomerNameToActor, customerLabelSql } from './rows.js';

export interface MessagePage {
  /** The messages of the page, oldest first. */
  messages: ThreadMessage[];
  /** The cursor of the previous page; null at the beginning of the conversation. */
  earlierCursor: string | null;
  /** Whether the page holds the newest messages of the conversation. */
  isNewest: boolean;
}

const pageSize = 50;
/** The most characters of a message that a thread shows; a longer message has a page of its own. */
export const maxShownMessageCharacters = 12_000;

/** Reads the newest messages of a conversation, or those before a cursor, in one statement. Throws `CURSOR_INVALID`. */
export async function findMessagePage(runtime: Runtime, id: string, before: string | null): Promise<MessagePage> {
  if (!isId(id)) return noMessages;
  const [beforeAt, beforeId] = before ? decodeTimeCursor(before) : newest;
  return toPage(await runtime.db.run(selectPage, { id, beforeAt, beforeId }), before === null);
}

/**
 * Reads the page with the newest message that matches a search, in one statement. If no message matches, e.g. because
 * only the subject does, it is the page with the newest messages.
 */
export async function findMessagesAtSearchHit(runtime: Runtime, id: string, search: string): Promise<MessagePage> {
  if (!isId(id)) return noMessages;
  const rows = await runtime.db.run(selectPageOfHit, { id, search });
  return toPage(rows, rows[0]?.is_newest ?? true);
}

const newest: TimeCursor = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

const noMessages: MessagePage = { messages: [], earlierCursor: null, isNewest: true };

function toPage(rows: ThreadMessageRow[], isNewest: boolean): MessagePage {
  const shown = rows.slice(0, pageSize);
  const oldest = shown.at(-1);
  return {
    messages: shown.reverse().map(toThreadMessage),
    earlierCursor: rows.length > pageSize && oldest ? encodeCursor([oldest.key, oldest.id]) : null,
    isNewest,
  };
}

/** Reads one message in full; null if it is not in the conversation. */
export async function findWholeMessage(
  runtime: Runtime,
  conversationId: string,
  id: string,
): Promise<ThreadMessage | null> {
  if (!isId(conversationId) || !isId(id)) return null;
  const [row] = await runtime.db.run(selectOne, { conversationId, id });
  if (!row) return null;
  const message = toThreadMessage(row);
  return { ...message, author: message.author && addCustomerNameToActor(message.author, row.actor_id, row.customer) };
}

interface ThreadMessageRow extends MessageRow {
  full_length: number;
  key: string;
  proposed: string | null;
  delivery: (Omit<ThreadDelivery, 'availableAt'> & { availableAt: Timestamp }) | null;
}

function toThreadMessage(row: ThreadMessageRow): ThreadMessage {
  const delivery = row.delivery && { ...row.delivery, availableAt: toDate(row.delivery.availableAt) };
  return { ...toMessage(row), fullLength: row.full_length, proposed: row.proposed, delivery };
}

const columns = (s: string, content: string) => `
  m.id, m.conversation_id, m.role, ${content} AS content, length(m.content) AS full_length, m.author, m.metadata,
  m.status, m.sent_at, m.created_at,
  to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS key,
  CASE WHEN m.role = 'operator' THEN (
    SELECT left(d.proposed_content, ${maxComparedCharacters + 1}) FROM ${s}.drafts d
    WHERE d.conversation_id = m.conversation_id AND d.message_id = m.id AND d.status = 'edited' LIMIT 1
  ) END AS proposed,
  CASE WHEN m.status IS NOT NULL THEN (
    SELECT jsonb_build_object('id', d.id, 'state', d.state, 'attempts', d.attempts, 'availableAt', d.available_at,
      'lastError', left(d.last_error, 500), 'leased', coalesce(d.lease_until > ${s}.clock(), false),
      'heldBack', ${waitsForEarlierDeliverySql(s, 'd')})
    FROM ${s}.deliveries d
    WHERE d.topic = CASE m.role WHEN 'outbound' THEN 'outbound' ELSE 'reply' END AND d.dedupe_key = m.id::text
  ) END AS delivery`;

const selectPage = declareStatement<{ id: string; beforeAt: string; beforeId: string }, ThreadMessageRow>(
  'workspace.thread.messages',
  (s, p) => page(s, p.id, `${p.beforeAt}::timestamptz, ${p.beforeId}::uuid`),
);

const page = (s: string, id: string, before: string) => `
    SELECT ${columns(s, `left(m.content, ${maxShownMessageCharacters})`)} FROM ${s}.messages m
    WHERE m.conversation_id = ${id} AND (m.created_at, m.id) < (${before})
    ORDER BY m.created_at DESC, m.id DESC LIMIT ${pageSize + 1}`;

/** How many of the newest messages of a conversation are searched. */
const maxSearched = 2_000;

/** The page of an older hit shows nine messages after it. */
const selectPageOfHit = declareStatement<{ id: string; search: string }, ThreadMessageRow & { is_newest: boolean }>(
  'workspace.thread.messages.hit',
  (s, p) => `
    WITH recent AS (
      SELECT m.id, m.created_at, m.content FROM ${s}.messages m WHERE m.conversation_id = ${p.id} AND m.role <> 'system'
      ORDER BY m.created_at DESC, m.id DESC LIMIT ${maxSearched}
    ), hit AS (
      SELECT id, created_at FROM recent
      WHERE ${s}.search_holds(recent.content, string_to_array(nullif(${s}.search_fold(${p.search}), ''), ' '))
      ORDER BY created_at DESC, id DESC LIMIT 1
    ), later AS (
      SELECT next.*, row_number() OVER (ORDER BY next.created_at, next.id) AS place FROM hit CROSS JOIN LATERAL (
        SELECT m.id, m.created_at FROM ${s}.messages m
        WHERE m.conversation_id = ${p.id} AND (m.created_at, m.id) > (hit.created_at, hit.id)
        ORDER BY m.created_at, m.id LIMIT ${pageSize}
      ) next
    ), page_end AS (
      SELECT created_at, id, false AS is_newest FROM later
      WHERE place = 10 AND (SELECT count(*) FROM later) = ${pageSize}
      UNION ALL
      SELECT '${newest[0]}'::timestamptz, '${newest[1]}'::uuid, true
      LIMIT 1
    )
    SELECT shown.*, page_end.is_newest FROM page_end
    CROSS JOIN LATERAL (${page(s, p.id, 'page_end.created_at, page_end.id')}) shown`,
);

interface NamedMessageRow extends ThreadMessageRow {
  actor_id: string | null;
  customer: string | null;
}

const selectOne = declareStatement<{ conversationId: string; id: string }, NamedMessageRow>(
  'workspace.thread.message',
  (s, p) =>
    `SELECT ${columns(s, 'm.content')}, c.actor_id, ${customerLabelSql} AS customer
    FROM ${s}.messages m JOIN ${s}.conversations c ON c.id = m.conversation_id
    WHERE m.conversation_id = ${p.conversationId} AND m.id = ${p.id}`,
);
