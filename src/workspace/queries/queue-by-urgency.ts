import { isNotSnoozedSql, isSnoozedSql } from '../../conversations/wake.js';
import { decodeOffsetCursor, encodeCursor } from '../../db/cursor.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { isOverdueSql, lastMessageAtSql, type QueuePage } from './queue-by-keyset.js';
import { type QueueDatabaseRow, queuePageSize, selectQueueColumns, toQueueRow } from './rows.js';

export type UrgencySortedQueueFilter = 'needs-approval' | 'breaching' | 'breached' | 'snoozed';

/** The most conversations that a queue filter collects before sorting; of a larger filter, only these are shown. */
export const maxSortedConversations = 1000;

/**
 * Reads a page of a queue filter expected to match few conversations: they are collected up to a limit, then sorted by
 * urgency and activity.
 */
export function findQueuePageByUrgency(
  runtime: Runtime,
  filter: UrgencySortedQueueFilter,
  cursor: string | null,
): Promise<QueuePage> {
  return findQueuePageByOffset(cursor, (offset) => runtime.db.run(statements[filter], { offset }));
}

/**
 * Reads a page of search results, sorted by urgency and activity. `search` is words, or the beginning of an actor id.
 */
export async function searchQueue(runtime: Runtime, search: string, cursor: string | null): Promise<QueuePage> {
  const prefix = `${search.replace(/[\\%_]/g, '\\$&')}%`;
  return findQueuePageByOffset(cursor, (offset) => runtime.db.run(findBySearch, { offset, prefix, search }));
}

/** Reads a page of the queue with a statement that takes an offset. */
export async function findQueuePageByOffset(
  cursor: string | null,
  gather: (offset: number) => Promise<QueueDatabaseRow[]>,
): Promise<QueuePage> {
  const offset = Math.min(maxSortedConversations, cursor ? decodeOffsetCursor(cursor) : 0);
  const rows = await gather(offset);
  return {
    rows: rows.slice(0, queuePageSize).map(toQueueRow),
    nextCursor: rows.length > queuePageSize ? encodeCursor([String(offset + queuePageSize)]) : null,
  };
}

/**
 * SQL for open conversations with a draft that needs approval, except snoozed ones. The breach filters include snoozed
 * conversations, because their SLA clocks keep running.
 */
export const selectConversationsNeedingApproval = (s: string) => `
  SELECT DISTINCT c.id FROM (
    SELECT d.conversation_id FROM ${s}.drafts d WHERE d.status = 'pending' ORDER BY d.id DESC LIMIT 2000
  ) waiting JOIN ${s}.conversations c ON c.id = waiting.conversation_id AND c.status = 'open' AND ${isNotSnoozedSql(s)}
  LIMIT ${maxSortedConversations}`;

/** SQL for open conversations whose reply is overdue, or with less than a quarter of the time to their breach left. */
export const selectBreachingConversations = (s: string) => `
  SELECT c.id FROM (
    SELECT l.conversation_id, l.started_at, l.response_due_at, l.breach_at FROM ${s}.slas l
    WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at > ${s}.clock()
    ORDER BY l.breach_at, l.conversation_id LIMIT 2000
  ) next JOIN ${s}.conversations c ON c.id = next.conversation_id AND c.status = 'open'
  WHERE next.response_due_at <= ${s}.clock() OR next.breach_at - ${s}.clock() < (next.breach_at - next.started_at) / 4
  LIMIT ${maxSortedConversations}`;

/** SQL for open conversations whose latest SLA clock ran out, whether or not a worker has marked it yet. */
export const selectBreachedConversations = (s: string) => `
  SELECT late.id FROM (
    (SELECT l.conversation_id AS id FROM ${s}.slas l
      WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at <= ${s}.clock()
      ORDER BY l.breach_at, l.conversation_id LIMIT ${maxSortedConversations})
    UNION ALL
    (SELECT marked.conversation_id FROM (
        SELECT l.conversation_id, l.started_at FROM ${s}.slas l WHERE l.status = 'breached'
        ORDER BY l.completed_at DESC, l.conversation_id LIMIT 2000
      ) marked
      WHERE NOT EXISTS (SELECT FROM ${s}.slas x
        WHERE x.conversation_id = marked.conversation_id AND x.started_at > marked.started_at))
  ) late JOIN ${s}.conversations c ON c.id = late.id AND c.status = 'open'
  LIMIT ${maxSortedConversations}`;

/** SQL for snoozed open conversations, the next to wake first. */
export const selectSnoozedConversations = (s: string) => `
  SELECT c.id FROM ${s}.conversations c WHERE c.status = 'open' AND ${isSnoozedSql(s)}
  ORDER BY c.snoozed_until, c.id LIMIT ${maxSortedConversations}`;

const byUrgency = `CASE WHEN ${isOverdueSql} THEN c.overdue_since END NULLS LAST, running.breach_at NULLS LAST`;

export interface QueueOffsetParams {
  offset: number;
}

export const selectQueuePageByUrgency = (
  s: string,
  { offset }: StatementPlaceholders<QueueOffsetParams>,
  ids: string,
  order = byUrgency,
) => `
  WITH gathered AS (${ids}),
  page AS (
    SELECT c.id, row_number() OVER (ORDER BY ${order}, ${lastMessageAtSql} DESC, c.id DESC) AS place
    FROM gathered JOIN ${s}.conversations c USING (id)
    LEFT JOIN ${s}.slas running ON running.conversation_id = c.id AND running.status = 'active'
    ORDER BY place OFFSET ${offset} LIMIT ${queuePageSize + 1}
  )
  ${selectQueueColumns(s)}`;

const statements: Record<UrgencySortedQueueFilter, Statement<QueueOffsetParams, QueueDatabaseRow>> = {
  'needs-approval': declareStatement('workspace.queue.needs_approval', (s, p) =>
    selectQueuePageByUrgency(s, p, selectConversationsNeedingApproval(s)),
  ),
  breaching: declareStatement('workspace.queue.breaching', (s, p) =>
    selectQueuePageByUrgency(s, p, selectBreachingConversations(s)),
  ),
  breached: declareStatement('workspace.queue.breached', (s, p) =>
    selectQueuePageByUrgency(s, p, selectBreachedConversations(s)),
  ),
  snoozed: declareStatement('workspace.queue.snoozed', (s, p) =>
    selectQueuePageByUrgency(s, p, selectSnoozedConversations(s), 'c.snoozed_until'),
  ),
};

const findBySearch = declareStatement<QueueOffsetParams & { prefix: string; search: string }, QueueDatabaseRow>(
  'workspace.queue.search',
  (s, p) =>
    selectQueuePageByUrgency(
      s,
      p,
      `SELECT found.id FROM ${s}.search_conversations(${p.prefix}, ${p.search}, ${maxSortedConversations}) AS found (id)
      LIMIT ${maxSortedConversations}`,
    ),
);
