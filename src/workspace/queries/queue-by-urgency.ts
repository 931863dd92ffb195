import { isAwake } from '../../conversations/wake.js';
import { decodeOffsetCursor, encodeCursor } from '../../db/cursor.js';
import { type Statement, statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { overdue, type QueuePage } from './queue-by-keyset.js';
import { pageSize, type QueueRecord, queueColumns, toQueueRow } from './rows.js';

export type GatheredFilter = 'needs-approval' | 'breaching' | 'breached';

/** The most conversations that are gathered; a filter that holds more shows these, and others as they are dealt with. */
export const maxGathered = 1000;

/** A page of a filter that holds what should be few: gathered up to a bound, then sorted by urgency and activity. */
export function queueByUrgency(runtime: Runtime, filter: GatheredFilter, cursor: string | null): Promise<QueuePage> {
  return page(runtime, statements[filter], [], cursor);
}

/** A page of what a search finds, sorted likewise. Its text may be the beginning of an actor id, or words. */
export async function searchQueue(runtime: Runtime, search: string, cursor: string | null): Promise<QueuePage> {
  const prefix = `${search.replace(/[\\%_]/g, '\\$&')}%`;
  return page(runtime, findBySearch, [prefix, search], cursor);
}

async function page(runtime: Runtime, from: Statement, values: string[], cursor: string | null): Promise<QueuePage> {
  const offset = Math.min(maxGathered, cursor ? decodeOffsetCursor(cursor) : 0);
  const rows = await runtime.db.run<QueueRecord>(from, [offset, ...values]);
  return {
    rows: rows.slice(0, pageSize).map(toQueueRow),
    nextCursor: rows.length > pageSize ? encodeCursor([String(offset + pageSize)]) : null,
  };
}

/**
 * Open conversations with a draft that waits for approval, but for snoozed ones. The filters of breaches hold those as
 * well: their clocks run on.
 */
export const needingApproval = (s: string) => `
  SELECT DISTINCT c.id FROM (
    SELECT d.conversation_id FROM ${s}.drafts d WHERE d.status = 'pending' ORDER BY d.id DESC LIMIT 2000
  ) waiting JOIN ${s}.conversations c ON c.id = waiting.conversation_id AND c.status = 'open' AND ${isAwake(s)}
  LIMIT ${maxGathered}`;

/** Open conversations with less than a quarter of their time left. */
export const breachingSoon = (s: string) => `
  SELECT c.id FROM (
    SELECT l.conversation_id, l.started_at, l.breach_at FROM ${s}.slas l
    WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at > ${s}.clock()
    ORDER BY l.breach_at, l.conversation_id LIMIT 2000
  ) next JOIN ${s}.conversations c ON c.id = next.conversation_id AND c.status = 'open'
  WHERE next.breach_at - ${s}.clock() < (next.breach_at - next.started_at) / 4
  LIMIT ${maxGathered}`;

/** Open conversations whose latest clock ran out, whether or not a worker has marked it yet. */
export const breached = (s: string) => `
  SELECT late.id FROM (
    (SELECT l.conversation_id AS id FROM ${s}.slas l
      WHERE l.status = 'active' AND l.paused_at IS NULL AND l.breach_at <= ${s}.clock()
      ORDER BY l.breach_at, l.conversation_id LIMIT ${maxGathered})
    UNION ALL
    (SELECT marked.conversation_id FROM (
        SELECT l.conversation_id, l.started_at FROM ${s}.slas l WHERE l.status = 'breached'
        ORDER BY l.completed_at DESC, l.conversation_id LIMIT 2000
      ) marked
      WHERE NOT EXISTS (SELECT FROM ${s}.slas x
        WHERE x.conversation_id = marked.conversation_id AND x.started_at > marked.started_at))
  ) late JOIN ${s}.conversations c ON c.id = late.id AND c.status = 'open'
  LIMIT ${maxGathered}`;

/** $1 offset. */
const gathered = (s: string, ids: string) => `
  WITH gathered AS (${ids}),
  page AS (
    SELECT c.id, row_number() OVER (ORDER BY CASE WHEN ${overdue} THEN c.overdue_since END NULLS LAST,
      running.breach_at NULLS LAST, coalesce(c.last_message_at, c.created_at) DESC, c.id DESC) AS place
    FROM gathered JOIN ${s}.conversations c USING (id)
    LEFT JOIN ${s}.slas running ON running.conversation_id = c.id AND running.status = 'active'
    ORDER BY place OFFSET $1 LIMIT ${pageSize + 1}
  )
  ${queueColumns(s)}`;

const statements: Record<GatheredFilter, Statement> = {
  'needs-approval': statement('workspace.queue.needs_approval', (s) => gathered(s, needingApproval(s))),
  breaching: statement('workspace.queue.breaching', (s) => gathered(s, breachingSoon(s))),
  breached: statement('workspace.queue.breached', (s) => gathered(s, breached(s))),
};

const findBySearch = statement('workspace.queue.search', (s) =>
  gathered(
    s,
    `SELECT found.id FROM ${s}.search_conversations($2, $3, ${maxGathered}) AS found (id) LIMIT ${maxGathered}`,
  ),
);
