/** Deliveries are prefetched only while the average call is shorter than this (ms). */
const shortMs = 50;

/**
 * Calls are very short while the average call, with its settlement, takes no longer than this (ms): writing outcomes
 * then takes longer than the calls.
 */
const veryShortMs = 10;

/**
 * Batch size for very short calls, unless `worker.concurrency` is larger: a statement for 20 rows costs half as much as
 * one for 100.
 */
export const shortCallBatchSize = 100;

/** Smoothing factor of the average call duration (EWMA). */
const weight = 0.1;

/** Initial average duration of a call (ms): too long to prefetch. */
const unproven = 2 * shortMs;

/**
 * Claims count as attempts, also for prefetched deliveries of a crashed process. With fewer allowed attempts than this
 * nothing is prefetched, or a delivery could be discarded uncalled.
 */
const minAttempts = 3;

/** How many deliveries of a drainer are in progress. */
export interface UnsettledDeliveryCounts {
  /** Deliveries that were called and are not yet settled. */
  called: number;
  /** Deliveries that were claimed and not yet called. */
  ahead: number;
}

/**
 * Decides how many deliveries a drainer claims, and how many may be called and not yet settled. In general both are
 * `worker.concurrency`. While more is due and calls are short, two batches are claimed ahead: one waits for its turn
 * while the other is loaded. While calls are very short, batches are larger, and further calls begin before the
 * outcomes of the last ones are written. Long calls are not prefetched: another worker may be free.
 */
export interface PrefetchControl {
  room(underWay: UnsettledDeliveryCounts): number;
  /** Maximum number of calls that are not settled; a crash repeats no more. */
  readonly unsettledLimit: number;
  claimed(found: number, room: number): void;
  /** To be called with the duration of each call up to its settlement. */
  took(ms: number): void;
  /** To be called when prefetched deliveries wait too long: calls are no longer short. */
  stalled(): void;
}

export function createPrefetchControl(concurrency: number, maxAttempts: number): PrefetchControl {
  let averageMs = unproven;
  let moreIsDue = false;
  const batch = () => (averageMs <= veryShortMs ? Math.max(concurrency, shortCallBatchSize) : concurrency);
  return {
    room({ called, ahead }) {
      if (maxAttempts < minAttempts || !moreIsDue || averageMs > shortMs)
        return Math.max(0, concurrency - called - ahead);
      // Whole batches are claimed: otherwise every call that ends would claim one delivery.
      return called + ahead <= 2 * batch() ? batch() : 0;
    },
    get unsettledLimit() {
      return batch();
    },
    claimed(found, room) {
      moreIsDue = found === room;
    },
    took(ms) {
      averageMs += (ms - averageMs) * weight;
    },
    stalled() {
      averageMs = unproven;
    },
  };
}
