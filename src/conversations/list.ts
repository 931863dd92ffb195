import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../db/cursor.js';
import { statement } from '../db/statement.js';
import { type Conversation, conversationStatuses, type Page } from '../domain.js';
import { name, pageLimit, parseInput } from '../input.js';
import type { Runtime } from '../runtime.js';
import { type ConversationRow, toConversation } from './rows.js';

const filterFields = {
  status: z.enum(conversationStatuses).optional(),
  priority: name.optional(),
  /** `active`: a clock runs; `due`: it runs and the response is overdue; `breached`: the latest clock was breached. */
  sla: z.enum(['active', 'due', 'breached']).optional(),
  /** Words of the subject, the actor id or a message; the last one may be a beginning. */
  search: z.string().trim().max(200).optional(),
};
const filterInput = z.object(filterFields).default({});
const listInput = z.object({ ...filterFields, cursor: z.string().optional(), limit: pageLimit }).default({ limit: 50 });

export type ConversationFilter = z.input<typeof filterInput>;
export type ListInput = z.input<typeof listInput>;

/** Lists conversations, newest activity first, without their messages. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listConversations(runtime: Runtime, input?: ListInput): Promise<Page<Conversation>> {
  const { cursor, limit, ...filter } = parseInput('conversations.list', listInput, input);
  const [at, id] = cursor ? decodeCursor(cursor, 2) : [null, null];
  const rows = await runtime.db.run<ConversationRow & { cursor_at: string }>(selectPage, [
    ...filterValues(filter),
    at,
    id,
    limit + 1,
  ]);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toConversation(row)),
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursor_at, last.id]) : null,
  };
}

/** Counts what {@link listConversations} would list. */
export async function countConversations(runtime: Runtime, input?: ConversationFilter): Promise<number> {
  const filter = parseInput('conversations.count', filterInput, input);
  const [row] = await runtime.db.run<{ count: number }>(countAll, filterValues(filter));
  return row?.count ?? 0;
}

function filterValues(filter: z.output<typeof filterInput>): (string | null)[] {
  return [filter.status ?? null, filter.priority ?? null, filter.sla ?? null, searchQuery(filter.search)];
}

/** Words to a tsquery that wants all of them, the last one as a beginning; null when there is none to look for. */
export function searchQuery(search: string | undefined): string | null {
  const words = search?.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return null;
  return words.map((word, index) => (index === words.length - 1 ? `${word}:*` : word)).join(' & ');
}

const where = (s: string) => `
  ($1::text IS NULL OR c.status = $1) AND ($2::text IS NULL OR c.priority = $2)
  AND ($3::text IS NULL OR EXISTS (
    SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id AND CASE $3
      WHEN 'active' THEN l.status = 'active'
      WHEN 'due' THEN l.status = 'active' AND l.response_due_at <= ${s}.clock()
      ELSE l.status = 'breached'
        AND NOT EXISTS (SELECT FROM ${s}.slas x WHERE x.conversation_id = c.id AND x.started_at > l.started_at) END))
  AND ($4::text IS NULL OR c.id IN (
    SELECT f.id FROM ${s}.conversations f WHERE to_tsvector('simple',
      left(coalesce(f.subject, ''), 1000) || ' ' || left(coalesce(f.actor_id, ''), 1000)) @@ to_tsquery('simple', $4)
    UNION ALL
    SELECT m.conversation_id FROM ${s}.messages m
    WHERE m.role <> 'system' AND to_tsvector('simple', left(m.content, 20000)) @@ to_tsquery('simple', $4)))`;

const selectPage = statement(
  'conversation.list',
  (s) => `
    SELECT c.*, to_char(c.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS cursor_at
    FROM ${s}.conversations c
    WHERE ${where(s)} AND ($5::timestamptz IS NULL OR (c.updated_at, c.id) < ($5, $6::uuid))
    ORDER BY c.updated_at DESC, c.id DESC LIMIT $7`,
);

const countAll = statement(
  'conversation.count',
  (s) => `SELECT count(*)::int AS count FROM ${s}.conversations c WHERE ${where(s)}`,
);
