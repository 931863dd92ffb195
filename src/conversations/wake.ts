import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { timeOfChangeSql } from './change-time.js';

/** SQL condition: conversation `c` is snoozed now. An earlier snooze that no worker has ended yet does not count. */
export const isSnoozedSql = (s: string) => `(c.snoozed_until IS NOT NULL AND c.snoozed_until > ${s}.clock())`;

/** SQL condition: conversation `c` is not snoozed now. */
export const isNotSnoozedSql = (s: string) => `(c.snoozed_until IS NULL OR c.snoozed_until <= ${s}.clock())`;

/** Maximum number of conversations woken by one statement. */
const batchSize = 500;

/** Wakes every conversation whose snooze is over; concurrent workers wake different ones. */
export async function wakeSnoozedConversations(runtime: Runtime): Promise<void> {
  for (;;) {
    const woken = await runtime.db.run(wakeSome, { limit: batchSize });
    for (const { id } of woken) announce(runtime, 'conversation.woken', { conversationId: id, because: 'time' });
    if (woken.length < batchSize) return;
  }
}

/** Milliseconds until the next snoozes end: distinct, ascending, at most `aheadMs`. */
export async function findNextSnoozeEnds(runtime: Runtime, aheadMs: number): Promise<number[]> {
  const rows = await runtime.db.run(selectNext, { aheadMs });
  return rows.map((row) => row.in_ms);
}

/** Skips locked conversations; the next round wakes them. */
const wakeSome = declareStatement<{ limit: number }, { id: string }>(
  'conversation.wake_due',
  (s, p) => `
    WITH due AS (
      SELECT id, snoozed_until FROM ${s}.conversations WHERE snoozed_until <= ${s}.clock()
      ORDER BY snoozed_until, id LIMIT ${p.limit} FOR UPDATE SKIP LOCKED
    ), woken AS (
      UPDATE ${s}.conversations c SET snoozed_until = NULL, updated_at = ${timeOfChangeSql(s, 'c')}
      FROM due WHERE c.id = due.id
      RETURNING c.id, c.updated_at, due.snoozed_until
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'woken',
      at: 'updated_at',
      actor: systemActorSql('snooze'),
      action: 'conversation.woken',
      conversationId: 'id',
      detail: `jsonb_build_object('because', 'time', 'until', snoozed_until)`,
    })}
    )
    SELECT id FROM woken`,
);

const selectNext = declareStatement<{ aheadMs: number }, { in_ms: number }>(
  'conversation.next_wakes',
  (s, p) => `
    SELECT DISTINCT ceil(extract(epoch FROM soon.snoozed_until - ${s}.clock()) * 1000)::int AS in_ms FROM (
      SELECT snoozed_until FROM ${s}.conversations
      WHERE snoozed_until > ${s}.clock()
        AND snoozed_until <= ${s}.clock() + make_interval(secs => ${p.aheadMs}::float8 / 1000)
      ORDER BY snoozed_until LIMIT 1000
    ) soon
    ORDER BY in_ms`,
);
