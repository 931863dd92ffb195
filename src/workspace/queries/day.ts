import { declareStatement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { CappedCount } from '../model.js';

/** Counts of the last 24 hours, for the start page of the workspace. */
export interface DaySummary {
  received: CappedCount;
  replied: CappedCount;
  resolved: CappedCount;
  /** Replies by the operator who sees the page. */
  mine: CappedCount;
}

/** The most audit lines scanned, newest first; if there are more, each count is a lower bound. */
const looked = 5000;

/** Counts the events of the last 24 hours among the newest audit lines, in one statement of bounded cost. */
export async function findDaySummary(runtime: Runtime, operatorId: string): Promise<DaySummary> {
  const [row] = await runtime.db.run(selectDay, { operatorId });
  if (!row) throw new Error('SELECT returned no row');
  const count = (value: number): CappedCount => ({ value, more: !row.whole });
  return {
    received: count(row.received),
    replied: count(row.replied),
    resolved: count(row.resolved),
    mine: count(row.mine),
  };
}

/** Audit ids are UUIDv7, so they sort by time: the first 48 bits are milliseconds. */
const selectDay = declareStatement<{ operatorId: string }, Record<keyof DaySummary, number> & { whole: boolean }>(
  'workspace.day',
  (s, p) => `
    WITH seen AS MATERIALIZED (
      SELECT action, actor FROM ${s}.audit_events
      WHERE id > (SELECT (lpad(to_hex((extract(epoch FROM ${s}.clock() - interval '24 hours') * 1000)::bigint), 12, '0')
        || '70000000000000000000')::uuid)
      ORDER BY id DESC LIMIT ${looked}
    )
    SELECT count(*) < ${looked} AS whole,
      (count(*) FILTER (WHERE action = 'message.received'))::int AS received,
      (count(*) FILTER (WHERE action = 'conversation.replied'))::int AS replied,
      (count(*) FILTER (WHERE action = 'conversation.resolved'))::int AS resolved,
      (count(*) FILTER (WHERE action = 'conversation.replied' AND actor ->> 'id' = ${p.operatorId}))::int AS mine
    FROM seen`,
);
