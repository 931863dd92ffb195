import type { DeliveryTopic } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';
import { type ClaimedDelivery, claimDeliveries, claimSuspectDelivery } from './claim.js';
import { createQueueScanThrottle } from './scan-throttle.js';

/**
 * Claims the deliveries of one topic: decides where in the queue a claim begins, and when to claim a suspect delivery,
 * which may have killed its process.
 */
export interface DeliveryClaimer {
  next(limit: number): Promise<ClaimedDelivery[]>;
  /** To be called for every delivery that this worker no longer holds. */
  released(id: string): void;
}

/** A suspect delivery is claimed when nothing else is due, or this long after the last try, in milliseconds. */
const suspectPatienceMs = 10_000;

/**
 * How far before the last claimed delivery a claim begins, in milliseconds: transactions do not commit in the order of
 * their times. A delivery that is committed even later is found by a claim from the start of the queue.
 */
const overlapMs = 100;

/**
 * While another session holds an old snapshot open, vacuum cannot remove settled deliveries from the head of the queue,
 * and a claim from the start walks over all of them. So a claim begins where the last one ended. It begins at the start
 * only as often as that is cheap, or if nothing else was found; what it finds there is claimed first, and the next
 * claim continues from there.
 */
export function createDeliveryClaimer(
  runtime: Pick<Runtime, 'config' | 'db'>,
  topic: DeliveryTopic,
  now: () => number = () => performance.now(),
): DeliveryClaimer {
  const { leaseMs } = runtime.config.worker;
  const start = createQueueScanThrottle(now);
  let last: Date | undefined;
  let suspect: string | undefined;
  let suspectIsDue = now() + suspectPatienceMs;

  const fromStart = (limit: number) => start.run(() => claimDeliveries(runtime.db, topic, { limit, leaseMs }));

  async function fromLast(limit: number): Promise<ClaimedDelivery[]> {
    if (!last || start.isDue()) return [];
    const from = new Date(last.getTime() - overlapMs);
    return claimDeliveries(runtime.db, topic, { limit, leaseMs, from });
  }

  /** Claims one delivery that may have killed its process (a suspect), unless this worker holds a suspect already. */
  async function suspects(): Promise<ClaimedDelivery[]> {
    suspectIsDue = now() + suspectPatienceMs;
    if (suspect) return [];
    const rows = await claimSuspectDelivery(runtime.db, topic, leaseMs);
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
