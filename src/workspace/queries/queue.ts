import { isAwakeSql } from '../../conversations/wake.js';
import { statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { CappedCount } from '../model.js';
import type { QueueFilter, QueueView } from '../queue-filters.js';
import { type QueuePage, queueByKeyset } from './queue-by-keyset.js';
import { breached, breachingSoon, needingApproval, queueByUrgency, searchQueue, snoozed } from './queue-by-urgency.js';
import { restrictQueue } from './queue-restricted.js';
import { ownerId } from './rows.js';

export type { QueuePage } from './queue-by-keyset.js';

/** The page of the queue for a view; `operatorId` is for the filter `mine`. One statement. Throws `CURSOR_INVALID`. */
export function findQueuePage(runtime: Runtime, view: QueueView, operatorId = ''): Promise<QueuePage> {
  const { filter, search, cursor, tag } = view;
  if (search) return searchQueue(runtime, search, cursor);
  const owner = filter === 'mine' ? operatorId : filter === 'unassigned' ? '' : view.owner;
  if (tag || owner !== undefined) return restrictQueue(runtime, filter, { tag, owner }, cursor);
  switch (filter) {
    case 'needs-approval':
    case 'breaching':
    case 'breached':
    case 'snoozed':
      return queueByUrgency(runtime, filter, cursor);
    case 'mine':
    case 'unassigned':
      return restrictQueue(runtime, filter, { owner }, cursor);
    default:
      return queueByKeyset(runtime, filter, cursor);
  }
}

export type QueueCounts = Record<QueueFilter, CappedCount>;

/**
 * Counts the conversations of each filter up to {@link countCap}, and returns the database's time, from which pages
 * compute ages. One statement.
 */
export async function countQueue(runtime: Runtime, operatorId = ''): Promise<{ counts: QueueCounts; now: Date }> {
  const [row] = await runtime.db.run(countFilters, { operatorId });
  if (!row) throw new Error('SELECT returned no row');
  const { now, ...found } = row;
  const counts = Object.entries(found).map(([filter, count]) => [filter, toCappedCount(count)]);
  return { counts: Object.fromEntries(counts) as QueueCounts, now };
}

/** Counting stops here and shows "999+", because an exact count gets slower with every conversation. */
export const countCap = 1000;

export function toCappedCount(count: number): CappedCount {
  return { value: Math.min(count, countCap - 1), more: count >= countCap };
}

const ofConversations = (s: string, where: string) =>
  `SELECT FROM ${s}.conversations c WHERE ${where} LIMIT ${countCap}`;

type CountsRow = Record<QueueFilter, number> & { now: Date };

const countFilters = statement<{ operatorId: string }, CountsRow>('workspace.queue.counts', (s, p) => {
  const filters: Record<QueueFilter, string> = {
    'needs-reply': ofConversations(s, `c.status = 'open' AND ${isAwakeSql(s)} AND c.unanswered_since IS NOT NULL`),
    'needs-approval': needingApproval(s),
    mine: ofConversations(
      s,
      `c.status = 'open' AND ${isAwakeSql(s)} AND ${p.operatorId} <> '' AND ${ownerId} = ${p.operatorId}`,
    ),
    unassigned: ofConversations(s, `c.status = 'open' AND ${isAwakeSql(s)} AND ${ownerId} = ''`),
    breaching: breachingSoon(s),
    breached: breached(s),
    open: ofConversations(s, `c.status = 'open' AND ${isAwakeSql(s)}`),
    snoozed: snoozed(s),
    resolved: ofConversations(s, `c.status = 'resolved'`),
  };
  const counts = Object.entries(filters).map(
    ([filter, rows]) => `(SELECT count(*)::int FROM (${rows}) counted) AS "${filter}"`,
  );
  return `SELECT ${s}.clock() AS now, ${counts.join(',\n')}`;
});
