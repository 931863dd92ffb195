import type { RetentionConfig } from '../config/config-types.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Actor } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import { firstResponseJoinsSql, slaOutcomeSql } from '../report/measures.js';
import type { Runtime } from '../runtime.js';
import { removeConversations } from './remove-conversations.js';

/** Maximum number of conversations that one transaction removes; few, so that no lock is held for long. */
const batchSize = 20;

/** Maximum number of conversations that one call removes, so that a worker can stop in between. */
export const maxConversationsRemovedPerCall = 50 * batchSize;

const retentionActor: Actor = { id: 'system:retention' };

/**
 * Removes conversations that were resolved or archived more than `retention.resolvedDays` ago, and returns how many. An
 * open conversation is never removed, nor one with an unsettled delivery: both are checked under the lock of its row. A
 * conversation that another session has locked is left for the next call.
 */
export async function removeOldConversations(runtime: Runtime): Promise<number> {
  const { resolvedDays, keep } = runtime.config.retention;
  if (resolvedDays === null) return 0;
  let after = firstPlace;
  for (let removed = 0; ; ) {
    const found = await runtime.db.run(selectOld, {
      days: resolvedDays,
      after: after.closed_at,
      afterId: after.id,
      limit: batchSize,
    });
    const ids = found.map((row) => row.id);
    if (ids.length > 0) removed += await removeBatch(runtime, ids, { resolvedDays, keep });
    if (found.length < batchSize || removed >= maxConversationsRemovedPerCall) return removed;
    after = found.at(-1) ?? after;
  }
}

/** A position in the index of closed conversations, after which the next page begins. */
interface Place {
  id: string;
  closed_at: string;
}

const firstPlace: Place = { id: '00000000-0000-0000-0000-000000000000', closed_at: '-infinity' };

async function removeBatch(
  runtime: Runtime,
  candidates: readonly string[],
  { resolvedDays, keep }: Pick<RetentionConfig, 'keep'> & { resolvedDays: number },
): Promise<number> {
  const removed = await runtime.db.transaction(async (tx) => {
    const locked = await tx.run(lockClosed, { ids: candidates });
    // A statement of its own, run after the locks: it sees every change that was committed before they were acquired.
    const old = await tx.run(stillOld, { ids: locked.map((row) => row.id), days: resolvedDays });
    const ids = old.map((row) => row.id);
    if (ids.length > 0) await removeAll(tx, ids, keep);
    return ids;
  });
  for (const id of removed) announce(runtime, 'conversation.removed', { conversationId: id });
  return removed.length;
}

async function removeAll(tx: Executor, ids: readonly string[], keep: RetentionConfig['keep']): Promise<ErasureCounts> {
  if (keep === 'shape') await tx.run(keepShapes, { ids });
  const counts = await removeConversations(tx, ids, { by: retentionActor });
  await tx.run(recordRemoved, { ids, detail: { keep } });
  return counts;
}

/**
 * SQL for the time at which conversation `c` was closed. One that was archived and never resolved counts from its last
 * change.
 */
const closedAt = 'coalesce(c.resolved_at, c.updated_at)';

const isOld = (s: string, days: string) =>
  `c.status <> 'open' AND ${closedAt} < ${s}.clock() - make_interval(secs => ${days}::float8 * 86400)`;

/**
 * SQL condition: conversation `c` has no unsettled delivery. A scheduled message may still be due after the resolution.
 */
const owesNothing = (s: string) =>
  `NOT EXISTS (SELECT FROM ${s}.deliveries d WHERE d.conversation_id = c.id AND d.settled_at IS NULL)`;

/** SQL for the time at which the oldest closed conversation without an unsettled delivery was closed. */
export const oldestConversationClosedAtSql = (s: string) => `
  SELECT ${closedAt} FROM ${s}.conversations c WHERE c.status <> 'open' AND ${owesNothing(s)}
  ORDER BY ${closedAt}, c.id LIMIT 1`;

/** The time is passed as text, because a `Date` cannot hold `-infinity`. */
const selectOld = declareStatement<{ days: number; after: string; afterId: string; limit: number }, Place>(
  'retention.select_old',
  (s, p) => `
    SELECT c.id, ${closedAt}::text AS closed_at FROM ${s}.conversations c
    WHERE ${isOld(s, p.days)} AND (${closedAt}, c.id) > (${p.after}::timestamptz, ${p.afterId}::uuid)
      AND ${owesNothing(s)}
    ORDER BY ${closedAt}, c.id LIMIT ${p.limit}`,
);

const lockClosed = declareStatement<{ ids: readonly string[] }, { id: string }>(
  'retention.lock',
  (s, p) => `
    SELECT id FROM ${s}.conversations WHERE id = ANY (${p.ids}::uuid[]) AND status <> 'open' ORDER BY id
    FOR UPDATE SKIP LOCKED`,
);

const stillOld = declareStatement<{ ids: string[]; days: number }, { id: string }>(
  'retention.still_old',
  (s, p) => `
    SELECT c.id FROM ${s}.conversations c
    WHERE c.id = ANY (${p.ids}::uuid[]) AND ${isOld(s, p.days)} AND ${owesNothing(s)}`,
);

/** Stores counts and times of removed conversations for reports. */
const keepShapes = declareStatement<{ ids: readonly string[] }>(
  'retention.keep_shapes',
  (s, p) => `
    INSERT INTO ${s}.conversation_shapes (conversation_id, opened_at, first_reply_at, resolved_at, removed_at, resolutions,
      customer_messages, operator_messages, automation_messages, outbound_messages, notes, drafts, slas_fulfilled,
      slas_breached, csat_rating, changed_at, asked_at, answered_at, clocks, drafts_made)
    SELECT c.id, c.created_at, m.first_reply_at, c.resolved_at, ${s}.clock(), c.resolutions,
      m.customer, m.operator, m.automation, m.outbound, m.notes,
      draft.count, sla.fulfilled, sla.breached, c.csat_rating, c.updated_at, asked.at, answered.at, sla.clocks, draft.made
    FROM ${s}.conversations c CROSS JOIN LATERAL (
      SELECT min(created_at) FILTER (WHERE role IN ('operator', 'automation')) AS first_reply_at,
        count(*) FILTER (WHERE role = 'customer') AS customer, count(*) FILTER (WHERE role = 'operator') AS operator,
        count(*) FILTER (WHERE role = 'automation') AS automation, count(*) FILTER (WHERE role = 'outbound') AS outbound,
        count(*) FILTER (WHERE role = 'internal_note') AS notes
      FROM ${s}.messages WHERE conversation_id = c.id
    ) m CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'fulfilled') AS fulfilled, count(*) FILTER (WHERE status = 'breached') AS breached,
        coalesce(jsonb_agg(jsonb_build_object('at', started_at, 'outcome', ${slaOutcomeSql('slas')}) ORDER BY id)
          FILTER (WHERE ${slaOutcomeSql('slas')} IS NOT NULL), '[]') AS clocks
      FROM ${s}.slas WHERE conversation_id = c.id
    ) sla CROSS JOIN LATERAL (
      SELECT count(*) AS count,
        coalesce(jsonb_agg(jsonb_build_object('at', created_at, 'status', status) ORDER BY id), '[]') AS made
      FROM ${s}.drafts WHERE conversation_id = c.id
    ) draft ${firstResponseJoinsSql(s, 'c.id')}
    WHERE c.id = ANY (${p.ids}::uuid[])`,
);

/**
 * Records removals in the audit record; run after the audit lines of these conversations were erased, so that this line
 * stays.
 */
const recordRemoved = declareStatement<{ ids: readonly string[]; detail: { keep: RetentionConfig['keep'] } }>(
  'retention.record',
  (s, p) =>
    insertAuditLinesSql(s, {
      from: `unnest(${p.ids}::uuid[]) AS removed (id)`,
      at: `${s}.clock()`,
      actor: systemActorSql('retention'),
      action: 'conversation.removed',
      conversationId: 'removed.id',
      detail: p.detail,
    }),
);
