import { z } from 'zod';
import type { CustomerConversation, Page } from '../contracts/domain.js';
import type { CustomerListInput, CustomerReadInput, CustomerThreadInput } from '../contracts/inputs.js';
import { decodeTimeCursor, encodeCursor, type TimeCursor } from '../db/cursor.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import {
  createInputSchema,
  isId,
  pageCursorSchema,
  pageLimitSchema,
  parseInput,
  strictObjectSchema,
} from '../validation/input.js';
import { type CustomerConversationRow, toCustomerConversation } from './customer-rows.js';
import { hostIdSchema } from './host-id-schema.js';

const customerInput = strictObjectSchema({ actorId: hostIdSchema });
const listInput = createInputSchema<CustomerListInput>()({ cursor: pageCursorSchema, limit: pageLimitSchema }).default({
  limit: 50,
});
const threadInput = createInputSchema<CustomerThreadInput>()({
  /** The id of a message: older messages than this one are returned. Absent: the newest. */
  before: z.uuid('the id of a message').optional(),
  limit: pageLimitSchema.default(200),
}).default({ limit: 200 });
const readInput = createInputSchema<CustomerReadInput>()({
  /** The id of the newest message that was shown to the customer. Absent: the newest of the conversation. */
  messageId: z.uuid('the id of a message').optional(),
}).default({});

/**
 * Lists one customer's conversations as that customer may see them, without messages, sorted by their newest reply or
 * customer message. The actor id is compared exactly. Throws `INPUT_INVALID`, `CURSOR_INVALID`.
 */
export async function listConversationsForCustomer(
  runtime: Runtime,
  actorId: string,
  input?: CustomerListInput,
): Promise<Page<CustomerConversation>> {
  const customer = parseInput('conversations.forCustomer', customerInput, { actorId });
  const { cursor, limit } = parseInput('conversations.forCustomer', listInput, input);
  const [beforeAt, beforeId] = cursor ? decodeTimeCursor(cursor) : newestPlace;
  const rows = await runtime.db.run(selectPage, { customer: customer.actorId, beforeAt, beforeId, limit: limit + 1 });
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(toCustomerConversation),
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursor_at, last.id]) : null,
  };
}

const newestPlace: TimeCursor = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/**
 * Returns one conversation as its customer may see it, with its newest messages (at most `limit`, and 2 MB of text) or
 * those before a message. It marks nothing as read; {@link markReadForCustomer} does. Throws
 * `CONVERSATION_NOT_FOUND`, also for another customer's conversation, and `INPUT_INVALID`.
 */
export async function getForCustomer(
  runtime: Runtime,
  actorId: string,
  id: string,
  input?: CustomerThreadInput,
): Promise<CustomerConversation> {
  const customer = parseInput('conversations.getForCustomer', customerInput, { actorId });
  const { before, limit } = parseInput('conversations.getForCustomer', threadInput, input);
  const wanted = { id, customer: customer.actorId, before: before ?? null, limit, maxBytes: maxTextBytes };
  const [row] = isId(id) ? await runtime.db.run(selectThread, wanted) : [];
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return toCustomerConversation(row);
}

/**
 * Records that the customer has read up to a message; `unread` counts from there, and it never moves back. Separate
 * from {@link getForCustomer}, because a prefetched page was not read. Throws `CONVERSATION_NOT_FOUND`,
 * `INPUT_INVALID`.
 */
export async function markReadForCustomer(
  runtime: Runtime,
  actorId: string,
  id: string,
  input?: CustomerReadInput,
): Promise<CustomerConversation> {
  const customer = parseInput('conversations.markReadForCustomer', customerInput, { actorId });
  const { messageId } = parseInput('conversations.markReadForCustomer', readInput, input);
  if (!isId(id)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const own = { id, customer: customer.actorId };
  const moved = await runtime.db.run(markRead, { ...own, messageId: messageId ?? null });
  if (moved.length > 0) announce(runtime, 'conversation.read', { conversationId: id });
  const [row] = await runtime.db.run(selectOne, own);
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return toCustomerConversation(row);
}

/** Maximum text on one page of messages, in bytes. */
const maxTextBytes = 2_000_000;

/** The largest number of unread messages that is counted. */
const maxUnread = 100;

/**
 * SQL condition: the customer may see message `m`. That is so for messages, replies, and outbound messages once they
 * were sent.
 */
const visible = `(m.role IN ('customer', 'operator', 'automation') OR (m.role = 'outbound' AND m.status = 'sent'))`;

/** SQL for the time at which message `m` became visible to the customer. */
const visibleAt = `CASE m.role WHEN 'outbound' THEN coalesce(m.sent_at, m.created_at) ELSE m.created_at END`;

/** The columns of a {@link CustomerConversationRow}, selected from `c` and {@link support}. */
const columns = `
  c.id, c.subject, c.status, c.created_at, c.csat_rating, greatest(c.last_message_at, support.newest_at) AS last_message_at,
  support.unread`;

/**
 * A join that finds the time of support's newest message in conversation `c`, and how many are unread. An outbound
 * message counts from when it was sent. Sent messages have no index: with one, each settlement would rewrite its
 * message in all indexes of the table.
 */
const support = (s: string) => `LEFT JOIN LATERAL (
    SELECT max(said.at) AS newest_at, count(*) FILTER (WHERE c.customer_read_at IS NULL
      OR (said.at, said.id) > (c.customer_read_at, c.customer_read_id))::int AS unread
    FROM (
      SELECT ${visibleAt} AS at, m.id FROM ${s}.messages m
      WHERE m.conversation_id = c.id AND m.role <> 'customer' AND ${visible}
      ORDER BY m.created_at DESC, m.id DESC LIMIT ${maxUnread}
    ) said
  ) support ON true`;

const selectPage = declareStatement<
  { customer: string; beforeAt: string; beforeId: string; limit: number },
  CustomerConversationRow & { cursor_at: string }
>(
  'conversation.customer_list',
  (s, p) => `
    SELECT ${columns},
      to_char(coalesce(c.last_message_at, c.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS cursor_at
    FROM (
      SELECT * FROM ${s}.conversations c
      WHERE c.actor_id = ${p.customer}
        AND (coalesce(c.last_message_at, c.created_at), c.id) < (${p.beforeAt}::timestamptz, ${p.beforeId}::uuid)
      ORDER BY coalesce(c.last_message_at, c.created_at) DESC, c.id DESC LIMIT ${p.limit}::int
    ) c ${support(s)}
    ORDER BY coalesce(c.last_message_at, c.created_at) DESC, c.id DESC`,
);

const selectOne = declareStatement<{ id: string; customer: string }, CustomerConversationRow>(
  'conversation.customer_head',
  (s, p) =>
    `SELECT ${columns} FROM ${s}.conversations c ${support(s)} WHERE c.id = ${p.id} AND c.actor_id = ${p.customer}`,
);

/** Selects the newest messages before `before`, up to `maxBytes`; the first one is returned even if it is larger. */
const selectThread = declareStatement<
  { id: string; customer: string; before: string | null; limit: number; maxBytes: number },
  CustomerConversationRow
>(
  'conversation.customer_thread',
  (s, p) => `
    SELECT ${columns}, (
      SELECT coalesce(json_agg(json_build_array(shown.id, shown.role, shown.author ->> 'name', shown.content, shown.at)
        ORDER BY shown.at, shown.id), '[]')
      FROM (
        SELECT page.*, row_number() OVER newest_first AS place, sum(octet_length(page.content)) OVER newest_first AS bytes
        FROM (
          SELECT m.*, ${visibleAt} AS at FROM ${s}.messages m
          WHERE m.conversation_id = c.id AND ${visible} AND (${p.before}::uuid IS NULL OR (m.created_at, m.id) < (
            SELECT b.created_at, b.id FROM ${s}.messages b WHERE b.id = ${p.before} AND b.conversation_id = c.id))
          ORDER BY m.created_at DESC, m.id DESC LIMIT ${p.limit}::int
        ) page
        WINDOW newest_first AS (ORDER BY page.created_at DESC, page.id DESC ROWS UNBOUNDED PRECEDING)
      ) shown
      WHERE shown.place = 1 OR shown.bytes <= ${p.maxBytes}::bigint
    ) AS messages
    FROM ${s}.conversations c ${support(s)} WHERE c.id = ${p.id} AND c.actor_id = ${p.customer}`,
);

/** Moves the customer's read position forward; returns a row if it moved. */
const markRead = declareStatement<{ id: string; customer: string; messageId: string | null }, { id: string }>(
  'conversation.customer_read',
  (s, p) => `
    UPDATE ${s}.conversations c SET customer_read_at = shown.at, customer_read_id = shown.id
    FROM (
      SELECT m.id, ${visibleAt} AS at FROM ${s}.messages m
      WHERE m.conversation_id = ${p.id} AND ${visible} AND (${p.messageId}::uuid IS NULL OR m.id = ${p.messageId})
      ORDER BY at DESC, m.id DESC LIMIT 1
    ) shown
    WHERE c.id = ${p.id} AND c.actor_id = ${p.customer}
      AND (c.customer_read_at IS NULL OR (shown.at, shown.id) > (c.customer_read_at, c.customer_read_id))
    RETURNING c.id`,
);
