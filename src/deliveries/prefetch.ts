/** Prefetch only while the average call is shorter than this (ms). */
const shortMs = 50;

/** Below this average (ms, with settlement) writing outcomes takes longer than the calls. */
const veryShortMs = 10;

/**
 * Batch size for very short calls, unless `worker.concurrency` is larger: a statement for 20 rows costs half of one for
 * 100.
 */
export const shortCallBatchSize = 100;

/** EWMA smoothing factor. */
const weight = 0.1;

/** Initial average: not short. */
const unproven = 2 * shortMs;

/**
 * Claims count as attempts, also for prefetched deliveries of a crashed process. With fewer allowed attempts than this
 * nothing is prefetched, or a delivery could be discarded uncalled.
 */
const minAttempts = 3;

/** A drainer's deliveries in progress. */
export interface UnderWay {
  /** Called and unsettled. */
  called: number;
  /** Claimed and not yet called. */
  ahead: number;
}

/**
 * Decides how many deliveries a drainer claims, and how many may be called and unsettled. In general both are
 * `worker.concurrency`. While more is due and calls are short, two batches are claimed ahead: one waits for its turn while
 * the other is loaded. While calls are very short, batches are larger, and further calls begin before the outcomes of the
 * last ones are written. Long calls are not prefetched: another worker may be free.
 */
export interface Prefetch {
  room(underWay: UnderWay): number;
  /** Unsettled calls at most; a crash repeats no more. */
  readonly unsettledLimit: number;
  claimed(found: number, room: number): void;
  /** Call it with each call's duration up to its settlement. */
  took(ms: number): void;
  /** Call it when prefetched deliveries wait too long: calls are no longer short. */
  stalled(): void;
}

export function createPrefetch(concurrency: number, maxAttempts: number): Prefetch {
  let averageMs = unproven;
  let moreIsDue = false;
  const batch = () => (averageMs <= veryShortMs ? Math.max(concurrency, shortCallBatchSize) : concurrency);
  return {
    room({ called, ahead }) {
      if (maxAttempts < minAttempts || !moreIsDue || averageMs > shortMs)
        return Math.max(0, concurrency - called - ahead);
      // Claim whole batches: otherwise every ended call would claim one delivery.
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
