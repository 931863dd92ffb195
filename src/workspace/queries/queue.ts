import { isNotSnoozedSql } from '../../conversations/wake.js';
import { declareStatement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { CappedCount } from '../model.js';
import type { QueueFilter, QueueView } from '../queue-filters.js';
import { findQueuePageByKeyset, type QueuePage } from './queue-by-keyset.js';
import {
  findQueuePageByUrgency,
  searchQueue,
  selectBreachedConversations,
  selectBreachingConversations,
  selectConversationsNeedingApproval,
  selectSnoozedConversations,
} from './queue-by-urgency.js';
import { findRestrictedQueuePage } from './queue-restricted.js';
import { conversationOwnerIdSql } from './rows.js';

export type { QueuePage } from './queue-by-keyset.js';

/**
 * Reads the page of the queue for a view, in one statement; `operatorId` is the owner that the filter `mine` means.
 * Throws `CURSOR_INVALID`.
 */
export function findQueuePage(runtime: Runtime, view: QueueView, operatorId = ''): Promise<QueuePage> {
  const { filter, search, cursor, tag } = view;
  if (search) return searchQueue(runtime, search, cursor);
  const owner = filter === 'mine' ? operatorId : filter === 'unassigned' ? '' : view.owner;
  if (tag || owner !== undefined) return findRestrictedQueuePage(runtime, filter, { tag, owner }, cursor);
  switch (filter) {
    case 'needs-approval':
    case 'breaching':
    case 'breached':
    case 'snoozed':
      return findQueuePageByUrgency(runtime, filter, cursor);
    case 'mine':
    case 'unassigned':
      return findRestrictedQueuePage(runtime, filter, { owner }, cursor);
    default:
      return findQueuePageByKeyset(runtime, filter, cursor);
  }
}

export type QueueCounts = Record<QueueFilter, CappedCount>;

/**
 * Counts the conversations of each queue filter up to {@link queueCountCap}, and returns the database's time, from
 * which pages compute ages. One statement.
 */
export async function countQueueByFilter(
  runtime: Runtime,
  operatorId = '',
): Promise<{ counts: QueueCounts; now: Date }> {
  const [row] = await runtime.db.run(countFilters, { operatorId });
  if (!row) throw new Error('SELECT returned no row');
  const { now, ...found } = row;
  const counts = Object.entries(found).map(([filter, count]) => [filter, toCappedCount(count)]);
  return { counts: Object.fromEntries(counts) as QueueCounts, now };
}

/** Counts stop at this number and are shown as "999+", because an exact count gets slower with every conversation. */
export const queueCountCap = 1000;

export function toCappedCount(count: number): CappedCount {
  return { value: Math.min(count, queueCountCap - 1), more: count >= queueCountCap };
}

const ofConversations = (s: string, where: string) =>
  `SELECT FROM ${s}.conversations c WHERE ${where} LIMIT ${queueCountCap}`;

type CountsRow = Record<QueueFilter, number> & { now: Date };

const countFilters = declareStatement<{ operatorId: string }, CountsRow>('workspace.queue.counts', (s, p) => {
  const filters: Record<QueueFilter, string> = {
    'needs-reply': ofConversations(s, `c.status = 'open' AND ${isNotSnoozedSql(s)} AND c.unanswered_since IS NOT NULL`),
    'needs-approval': selectConversationsNeedingApproval(s),
    mine: ofConversations(
      s,
      `c.status = 'open' AND ${isNotSnoozedSql(s)} AND ${p.operatorId} <> '' AND ${conversationOwnerIdSql} = ${p.operatorId}`,
    ),
    unassigned: ofConversations(s, `c.status = 'open' AND ${isNotSnoozedSql(s)} AND ${conversationOwnerIdSql} = ''`),
    breaching: selectBreachingConversations(s),
    breached: selectBreachedConversations(s),
    open: ofConversations(s, `c.status = 'open' AND ${isNotSnoozedSql(s)}`),
    snoozed: selectSnoozedConversations(s),
    resolved: ofConversations(s, `c.status = 'resolved'`),
  };
  const counts = Object.entries(filters).map(
    ([filter, rows]) => `(SELECT count(*)::int FROM (${rows}) counted) AS "${filter}"`,
  );
  return `SELECT ${s}.clock() AS now, ${counts.join(',\n')}`;
});
