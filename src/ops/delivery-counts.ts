import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import { countKeptOutcomes } from '../deliveries/kept-outcomes.js';
import { waitsForEarlierDeliverySql } from '../deliveries/ordered-topics.js';
import { isUnclaimedSql } from '../deliveries/sql-conditions.js';
import { findWorkerHeartbeats, isWorkerAlive } from '../deliveries/worker-health.js';
import type { Readiness } from './operations.js';
import type { AuditAges, DeliveryCounts, KeptOutcomes } from './prometheus-metrics.js';

/** The greatest age of cached counts, in milliseconds. Older ones are counted again at the next scrape. */
const freshMs = 5000;

/** Time that a scrape waits for its first counts, in milliseconds. */
const firstWaitMs = 1000;

/**
 * Counts pending and discarded deliveries in the background: counting a million rows takes too long for a scrape, so
 * each scrape returns the last counts and starts the next count.
 */
export function createDeliveryCounts(executor: Executor): () => Promise<DeliveryCounts> {
  return cached<DeliveryCounts>([], () => executor.run(countDeliveries, { topics: deliveryTopics }));
}

/** Counts callback outcomes that wait for a lock, cached as in {@link createDeliveryCounts}. */
export function createKeptOutcomeCounts(executor: Executor): () => Promise<KeptOutcomes> {
  return cached({ count: 0, oldestSeconds: 0 }, () => countKeptOutcomes(executor));
}

/** Reads the ages that show whether the audit record is sealed and its anchors are handed over. */
export function createAuditAgeReader(executor: Executor): () => Promise<AuditAges> {
  return cached<AuditAges>({ oldestUnsealedSeconds: 0, anchorAgeSeconds: null }, async () => {
    const [row] = await executor.run(selectAuditAges);
    return { oldestUnsealedSeconds: Math.max(0, row?.unsealed ?? 0), anchorAgeSeconds: row?.anchor ?? null };
  });
}

const selectAuditAges = declareStatement<NoStatementParams, { unsealed: number | null; anchor: number | null }>(
  'metrics.audit_ages',
  (s) => `
    SELECT (
      SELECT extract(epoch FROM ${s}.clock() - at)::float8 FROM ${s}.audit_events
      WHERE seq IS NULL ORDER BY id LIMIT 1) AS unsealed,
      (SELECT extract(epoch FROM ${s}.clock() - handed_at)::float8 FROM ${s}.audit_anchor) AS anchor`,
);

/** Counts the workers that are alive, cached as in {@link createDeliveryCounts}. */
export function createWorkerCount(executor: Executor): () => Promise<number> {
  return cached(0, async () => (await findWorkerHeartbeats(executor)).filter(isWorkerAlive).length);
}

/** Reads the readiness checks for metrics, cached. A check that the probe does not report counts as passed. */
export function createReadinessChecks(probe: () => Promise<Readiness>): () => Promise<Record<string, boolean>> {
  const allPassed = { database: true, jobs: true, migrations: true, worker: true, settlements: true };
  return cached<Record<string, boolean>>({}, async () => {
    const { checks } = await probe();
    const found = Object.entries(checks).map(([name, outcome]) => [name, outcome === 'ok']);
    return { ...allPassed, ...Object.fromEntries(found) };
  });
}

function cached<Counts>(none: Counts, count: () => Promise<Counts>): () => Promise<Counts> {
  let last = none;
  let countedAt = Number.NEGATIVE_INFINITY;
  let counting: Promise<void> | undefined;

  async function recount(): Promise<void> {
    try {
      last = await count();
      countedAt = performance.now();
    } catch {
      // During an outage the last counts stay; readiness reports the outage.
    } finally {
      counting = undefined;
    }
  }

  return async () => {
    const stale = performance.now() - countedAt > freshMs;
    if (stale) counting ??= recount();
    if (countedAt === Number.NEGATIVE_INFINITY && counting) await Promise.race([counting, wait(firstWaitMs)]);
    return last;
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

const countDeliveries = declareStatement<{ topics: readonly DeliveryTopic[] }, DeliveryCounts[number]>(
  'delivery.counts',
  (s, p) => `
    SELECT topic,
      (SELECT count(*)::int FROM ${s}.deliveries d WHERE d.topic = t.topic AND d.state = 'pending') AS pending,
      (SELECT count(*)::int FROM ${s}.deliveries d WHERE d.topic = t.topic AND d.state = 'discarded') AS discarded,
      coalesce((
        SELECT extract(epoch FROM ${s}.clock() - d.available_at)::float8 FROM ${s}.deliveries d
        WHERE d.topic = t.topic AND d.state = 'pending' AND d.available_at <= ${s}.clock() AND ${isUnclaimedSql(s)}
          AND NOT ${waitsForEarlierDeliverySql(s, 'd')}
        ORDER BY d.available_at, d.id LIMIT 1
      ), 0) AS "oldestDueSeconds"
    FROM unnest(${p.topics}::text[]) AS t (topic)`,
);
