import { deliveryTopics } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { countKeptOutcomes } from '../deliveries/kept-outcomes.js';
import type { DeliveryCounts, KeptOutcomes } from './prometheus-metrics.js';

/** Counts are at most so old, in milliseconds, plus the time that the count itself takes. */
const freshMs = 5000;

/** A scrape waits so long for its first counts, in milliseconds; then it goes without. */
const firstWaitMs = 1000;

/**
 * Counts waiting and discarded deliveries beside the scrapes: counting a million rows takes longer than a scrape may,
 * so a scrape is answered with the last counts and starts the next.
 */
export function createDeliveryCounts(executor: Executor): () => Promise<DeliveryCounts> {
  return cached<DeliveryCounts>([], () => executor.run<DeliveryCounts[number]>(countDeliveries, [deliveryTopics]));
}

/** The same for outcomes that wait for a lock. */
export function createOutcomeCounts(executor: Executor): () => Promise<KeptOutcomes> {
  return cached({ count: 0, oldestSeconds: 0 }, () => countKeptOutcomes(executor));
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
      // The database is away: readiness tells, and the last counts stand.
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

const countDeliveries = statement(
  'delivery.counts',
  (s) => `
    SELECT topic,
      (SELECT count(*)::int FROM ${s}.deliveries d WHERE d.topic = t.topic AND d.state = 'pending') AS pending,
      (SELECT count(*)::int FROM ${s}.deliveries d WHERE d.topic = t.topic AND d.state = 'discarded') AS discarded
    FROM unnest($1::text[]) AS t (topic)`,
);
