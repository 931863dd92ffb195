import { isAwake } from '../../conversations/wake.js';
import { statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { CappedCount } from '../model.js';
import type { QueueFilter, QueueView } from '../queue-filters.js';
import { type QueuePage, queueByKeyset } from './queue-by-keyset.js';
import { breached, breachingSoon, needingApproval, queueByUrgency, searchQueue } from './queue-by-urgency.js';

export type { QueuePage } from './queue-by-keyset.js';

/** The page of the queue that a view asks for. One statement. Throws `CURSOR_INVALID`. */
export function findQueuePage(runtime: Runtime, { filter, search, cursor }: QueueView): Promise<QueuePage> {
  if (search) return searchQueue(runtime, search, cursor);
  switch (filter) {
    case 'needs-approval':
    case 'breaching':
    case 'breached':
      return queueByUrgency(runtime, filter, cursor);
    default:
      return queueByKeyset(runtime, filter, cursor);
  }
}

export type QueueCounts = Record<QueueFilter, CappedCount>;

/**
 * How many conversations each filter holds, counted up to {@link countCap}, and the database's time, by which ages and
 * clocks are shown. One statement.
 */
export async function countQueue(runtime: Runtime): Promise<{ counts: QueueCounts; now: Date }> {
  const [row] = await runtime.db.run<Record<QueueFilter, number> & { now: Date }>(countFilters);
  if (!row) throw new Error('SELECT answered no row');
  const { now, ...found } = row;
  const counts = Object.entries(found).map(([filter, count]) => [filter, capped(count)]);
  return { counts: Object.fromEntries(counts) as QueueCounts, now };
}

/** Counting stops here: "999+" says as much, and a count that goes on costs more with every conversation. */
export const countCap = 1000;

export function capped(count: number): CappedCount {
  return { value: Math.min(count, countCap - 1), more: count >= countCap };
}

const ofConversations = (s: string, where: string) =>
  `SELECT FROM ${s}.conversations c WHERE ${where} LIMIT ${countCap}`;

const countFilters = statement('workspace.queue.counts', (s) => {
  const filters: Record<QueueFilter, string> = {
    'needs-reply': ofConversations(s, `c.status = 'open' AND ${isAwake(s)} AND c.unanswered_since IS NOT NULL`),
    'needs-approval': needingApproval(s),
    breaching: breachingSoon(s),
    breached: breached(s),
    open: ofConversations(s, `c.status = 'open' AND ${isAwake(s)}`),
    resolved: ofConversations(s, `c.status = 'resolved'`),
  };
  const counts = Object.entries(filters).map(
    ([filter, rows]) => `(SELECT count(*)::int FROM (${rows}) counted) AS "${filter}"`,
  );
  return `SELECT ${s}.clock() AS now, ${counts.join(',\n')}`;
});
