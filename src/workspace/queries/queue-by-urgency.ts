import { isAwakeSql, isSnoozedSql } from '../../conversations/wake.js';
import { decodeOffsetCursor, encodeCursor } from '../../db/cursor.js';
import { type Placeholders, type Statement, statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { isOverdue, messageAt, type QueuePage } from './queue-by-keyset.js';
import { pageSize, type QueueRecord, queueColumns, toQueueRow } from './rows.js';

export type BoundedFilter = 'needs-approval' | 'breaching' | 'breached' | 'snoozed';

/** The most conversations that a filter collects before sorting; a larger filter shows only these. */
export const maxSorted = 1000;

/** A page of a filter that is expected to be small: collected up to a limit, then sorted by urgency and activity. */
export function queueByUrgency(runtime: Runtime, filter: BoundedFilter, cursor: string | null): Promise<QueuePage> {
  return findPageByOffset(cursor, (offset) => runtime.db.run(statements[filter], { offset }));
}

/** A page of search results, in the same order. `search` is words, or the beginning of an actor id. */
export async function searchQueue(runtime: Runtime, search: string, cursor: string | null): Promise<QueuePage> {
  const prefix = `${search.replace(/[\\%_]/g, '\\$&')}%`;
  return findPageByOffset(cursor, (offset) => runtime.db.run(findBySearch, { offset, prefix, search }));
}

/** Finds a page by a statement that takes an offset. */
export async function findPageByOffset(
  cursor: string | null,
  gather: (offset: number) => Promise<QueueRecord[]>,
): Promise<QueuePage> {
  const offset = Math.min(maxSorted, cursor ? decodeOffsetCursor(cursor) : 0);
  const rows = await gather(offset);
  return {
    rows: rows.slice(0, pageSize).map(toQueueRow),
    nextCursor: rows.length > pageSize ? encodeCursor([String(offset + pageSize)]) : null,
  };
}

/**
 * Open conversations with a draft that needs approval, without snoozed ones. The breach filters include snoozed ones,
 * because their clocks keep running.
 */
export const needingApproval = (s: string) => `
  SELECT DISTINCT c.id FROM (
    SELECT d.conversation_id FROM ${s}.drafts d WHERE d.status = 'pending' ORDER BY d.id DESC LIMIT 2000
  ) waiting JOIN ${s}.conversations c ON c.id = waiting.conversation_id AND c.status = 'open' AND ${isAwakeSql(s)}
  LIMIT ${maxSorted}`;

/** Open conversations whose response target was missed, or with less than a quarter of the time to their breach left. */
export const breachingSoon = (s: string) => `
  SELECT c.id FROM (
    SELECT l.conversation_id, l.started_at, l.response_due_at, l.breach_at FROM ${s}.slas l
    WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at > ${s}.clock()
    ORDER BY l.breach_at, l.conversation_id LIMIT 2000
  ) next JOIN ${s}.conversations c ON c.id = next.conversation_id AND c.status = 'open'
  WHERE next.response_due_at <= ${s}.clock() OR next.breach_at - ${s}.clock() < (next.breach_at - next.started_at) / 4
  LIMIT ${maxSorted}`;

/** Open conversations whose latest clock ran out, whether or not a worker has marked it yet. */
export const breached = (s: string) => `
  SELECT late.id FROM (
    (SELECT l.conversation_id AS id FROM ${s}.slas l
      WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at <= ${s}.clock()
      ORDER BY l.breach_at, l.conversation_id LIMIT ${maxSorted})
    UNION ALL
    (SELECT marked.conversation_id FROM (
        SELECT l.conversation_id, l.started_at FROM ${s}.slas l WHERE l.status = 'breached'
        ORDER BY l.completed_at DESC, l.conversation_id LIMIT 2000
      ) marked
      WHERE NOT EXISTS (SELECT FROM ${s}.slas x
        WHERE x.conversation_id = marked.conversation_id AND x.started_at > marked.started_at))
  ) late JOIN ${s}.conversations c ON c.id = late.id AND c.status = 'open'
  LIMIT ${maxSorted}`;

/** Snoozed open conversations, the next to wake first. */
export const snoozed = (s: string) => `
  SELECT c.id FROM ${s}.conversations c WHERE c.status = 'open' AND ${isSnoozedSql(s)}
  ORDER BY c.snoozed_until, c.id LIMIT ${maxSorted}`;

const byUrgency = `CASE WHEN ${isOverdue} THEN c.overdue_since END NULLS LAST, running.breach_at NULLS LAST`;

export interface OffsetParams {
  offset: number;
}

export const boundedPage = (s: string, { offset }: Placeholders<OffsetParams>, ids: string, order = byUrgency) => `
  WITH gathered AS (${ids}),
  page AS (
    SELECT c.id, row_number() OVER (ORDER BY ${order}, ${messageAt} DESC, c.id DESC) AS place
    FROM gathered JOIN ${s}.conversations c USING (id)
    LEFT JOIN ${s}.slas running ON running.conversation_id = c.id AND running.status = 'active'
    ORDER BY place OFFSET ${offset} LIMIT ${pageSize + 1}
  )
  ${queueColumns(s)}`;

const statements: Record<BoundedFilter, Statement<OffsetParams, QueueRecord>> = {
  'needs-approval': statement('workspace.queue.needs_approval', (s, p) => boundedPage(s, p, needingApproval(s))),
  breaching: statement('workspace.queue.breaching', (s, p) => boundedPage(s, p, breachingSoon(s))),
  breached: statement('workspace.queue.breached', (s, p) => boundedPage(s, p, breached(s))),
  snoozed: statement('workspace.queue.snoozed', (s, p) => boundedPage(s, p, snoozed(s), 'c.snoozed_until')),
};

const findBySearch = statement<OffsetParams & { prefix: string; search: string }, QueueRecord>(
  'workspace.queue.search',
  (s, p) =>
    boundedPage(
      s,
      p,
      `SELECT found.id FROM ${s}.search_conversations(${p.prefix}, ${p.search}, ${maxSorted}) AS found (id)
      LIMIT ${maxSorted}`,
    ),
);
