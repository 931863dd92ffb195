import type { DeliveryTopic } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';
import { type ClaimedDelivery, claim, claimSuspect } from './claim.js';
import { createScanThrottle } from './scan-throttle.js';

/** Decides where a claim begins in the queue, and when a suspect delivery is taken. */
export interface Claimer {
  next(limit: number): Promise<ClaimedDelivery[]>;
  /** Call it for every delivery that is no longer held. */
  released(id: string): void;
}

/** A suspect delivery waits until nothing else is due, at most this long, in milliseconds. */
const suspectPatienceMs = 10_000;

/**
 * How far before the last claimed delivery a claim begins, in milliseconds: commits do not come in order of time. What
 * comes later still is found from the start of the queue.
 */
const overlapMs = 100;

/**
 * While somebody holds an old snapshot open, Postgres can remove nothing, and the head of the queue fills with settled
 * deliveries that every claim would walk over: after a minute, more of them than of due ones. So a claim begins where
 * the last one ended, and at the start of the queue as often as that is cheap, or when there is nothing else. What the
 * start has to offer comes first: the next claim goes on from there.
 */
export function createClaimer(
  runtime: Pick<Runtime, 'config' | 'db'>,
  topic: DeliveryTopic,
  now: () => number = () => performance.now(),
): Claimer {
  const { leaseMs } = runtime.config.worker;
  const start = createScanThrottle(now);
  let last: Date | undefined;
  let suspect: string | undefined;
  let suspectIsDue = now() + suspectPatienceMs;

  const fromStart = (limit: number) => start.run(() => claim(runtime.db, topic, { limit, leaseMs }));

  async function fromLast(limit: number): Promise<ClaimedDelivery[]> {
    if (!last || start.isDue()) return [];
    const from = new Date(last.getTime() - overlapMs);
    return claim(runtime.db, topic, { limit, leaseMs, from });
  }

  /** Suspects are taken one at a time. */
  async function suspects(): Promise<ClaimedDelivery[]> {
    suspectIsDue = now() + suspectPatienceMs;
    if (suspect) return [];
    const rows = await claimSuspect(runtime.db, topic, leaseMs);
    suspect = rows[0]?.id;
    return rows;
  }

  return {
    async next(limit) {
      const overdue = now() >= suspectIsDue ? await suspects() : [];
      if (overdue.length > 0) return overdue;
      const near = await fromLast(limit);
      const rows = near.length > 0 ? near : await fromStart(limit);
      if (rows.length === 0) return suspects();
      last = new Date(Math.max(...rows.map((row) => Number(row.available_at))));
      return rows;
    },
    released(id) {
      if (suspect === id) suspect = undefined;
    },
  };
}
