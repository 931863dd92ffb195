import type { RetentionConfig } from '../config/config-types.js';
import type { Actor, ErasureCounts } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { removeConversations } from './remove-conversations.js';

/** Conversations that one transaction removes; few, so that no lock is held for long. */
const batchSize = 20;

/** What one call removes at most, so that a worker can stop in between. */
export const mostRemoved = 50 * batchSize;

const retentionActor: Actor = { id: 'system:retention' };

/**
 * Removes conversations that were resolved or archived more than `retention.resolvedDays` ago, and returns how many. An
 * open one is never removed, nor one that owes a call: both are decided under the lock of its row. One that another
 * session has locked is left for the next call.
 */
export async function removeOldConversations(runtime: Runtime): Promise<number> {
  const { resolvedDays, keep } = runtime.config.retention;
  if (resolvedDays === null) return 0;
  let after = firstPlace;
  for (let removed = 0; ; ) {
    const found = await runtime.db.run<Place>(selectOld, [resolvedDays, after.closed_at, after.id, batchSize]);
    const ids = found.map((row) => row.id);
    if (ids.length > 0) removed += await removeBatch(runtime, ids, { resolvedDays, keep });
    if (found.length < batchSize || removed >= mostRemoved) return removed;
    after = found.at(-1) ?? after;
  }
}

/** Where a walk along the index of closed conversations has come to. */
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
    const locked = await tx.run<{ id: string }>(lockClosed, [candidates]);
    // A statement of its own: it sees what was committed before the locks were had.
    const old = await tx.run<{ id: string }>(stillOld, [locked.map((row) => row.id), resolvedDays]);
    const ids = old.map((row) => row.id);
    if (ids.length > 0) await removeAll(tx, ids, keep);
    return ids;
  });
  for (const id of removed) {
    runtime.changeFeed.changed(id);
    runtime.telemetry.publish('conversation.removed', {}, { conversationId: id });
  }
  if (removed.length > 0) runtime.metrics.conversationsRemoved(removed.length);
  return removed.length;
}

async function removeAll(tx: Executor, ids: readonly string[], keep: RetentionConfig['keep']): Promise<ErasureCounts> {
  if (keep === 'shape') await tx.run(keepShapes, [ids]);
  const counts = await removeConversations(tx, ids, { by: retentionActor });
  await tx.run(recordRemoved, [ids, retentionActor, { keep }]);
  return counts;
}

/** When a conversation was closed. One that was archived and never resolved counts from its last change. */
const closedAt = 'coalesce(c.resolved_at, c.updated_at)';

const isOld = (s: string, days: string) =>
  `c.status <> 'open' AND ${closedAt} < ${s}.clock() - make_interval(secs => ${days}::float8 * 86400)`;

/** A message may be scheduled for later than the conversation was resolved. */
const owesNothing = (s: string) =>
  `NOT EXISTS (SELECT FROM ${s}.deliveries d WHERE d.conversation_id = c.id AND d.settled_at IS NULL)`;

/** SQL for when the oldest conversation was closed that owes nothing. */
export const oldestClosed = (s: string) => `
  SELECT ${closedAt} FROM ${s}.conversations c WHERE c.status <> 'open' AND ${owesNothing(s)}
  ORDER BY ${closedAt}, c.id LIMIT 1`;

/** The time goes as text, as `-infinity` is no Date. */
const selectOld = statement(
  'retention.select_old',
  (s) => `
    SELECT c.id, ${closedAt}::text AS closed_at FROM ${s}.conversations c
    WHERE ${isOld(s, '$1')} AND (${closedAt}, c.id) > ($2::timestamptz, $3::uuid) AND ${owesNothing(s)}
    ORDER BY ${closedAt}, c.id LIMIT $4`,
);

const lockClosed = statement(
  'retention.lock',
  (s) => `
    SELECT id FROM ${s}.conversations WHERE id = ANY ($1::uuid[]) AND status <> 'open' ORDER BY id
    FOR UPDATE SKIP LOCKED`,
);

const stillOld = statement(
  'retention.still_old',
  (s) => `
    SELECT c.id FROM ${s}.conversations c WHERE c.id = ANY ($1::uuid[]) AND ${isOld(s, '$2')} AND ${owesNothing(s)}`,
);

const keepShapes = statement(
  'retention.keep_shapes',
  (s) => `
    INSERT INTO ${s}.conversation_shapes (conversation_id, opened_at, first_reply_at, resolved_at, removed_at, resolutions,
      customer_messages, operator_messages, automation_messages, outbound_messages, notes, drafts, slas_fulfilled,
      slas_breached, csat_rating)
    SELECT c.id, c.created_at, m.first_reply_at, c.resolved_at, ${s}.clock(), c.resolutions,
      m.customer, m.operator, m.automation, m.outbound, m.notes,
      (SELECT count(*) FROM ${s}.drafts d WHERE d.conversation_id = c.id), sla.fulfilled, sla.breached, c.csat_rating
    FROM ${s}.conversations c CROSS JOIN LATERAL (
      SELECT min(created_at) FILTER (WHERE role IN ('operator', 'automation')) AS first_reply_at,
        count(*) FILTER (WHERE role = 'customer') AS customer, count(*) FILTER (WHERE role = 'operator') AS operator,
        count(*) FILTER (WHERE role = 'automation') AS automation, count(*) FILTER (WHERE role = 'outbound') AS outbound,
        count(*) FILTER (WHERE role = 'internal_note') AS notes
      FROM ${s}.messages WHERE conversation_id = c.id
    ) m CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'fulfilled') AS fulfilled, count(*) FILTER (WHERE status = 'breached') AS breached
      FROM ${s}.slas WHERE conversation_id = c.id
    ) sla
    WHERE c.id = ANY ($1::uuid[])`,
);

/** Written after the lines of the conversation were erased, so that this one stays. */
const recordRemoved = statement(
  'retention.record',
  (s) => `
    INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
    SELECT ${s}.clock(), $2::jsonb, 'conversation.removed', removed.id, $3::jsonb FROM unnest($1::uuid[]) AS removed (id)`,
);
