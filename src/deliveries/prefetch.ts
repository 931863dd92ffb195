/** Prefetch only while the average call is shorter than this (ms): what waits, waits so long. */
const shortMs = 50;

/** While the average call, with its settlement, is shorter than this (ms), writing outcomes takes longer than the calls. */
const veryShortMs = 10;

/** A batch of very short calls, unless `worker.concurrency` is larger: a statement for twenty rows costs half of one for 100. */
export const shortBatch = 100;

/** EWMA smoothing factor. */
const weight = 0.1;

/** The average before any call has ended: not short. */
const unproven = 2 * shortMs;

/**
 * A claim counts as an attempt, also for what waits for its turn when the process dies. Where fewer attempts than this are
 * allowed, nothing is prefetched: it could be discarded without a call.
 */
const minAttempts = 3;

/** What a drainer has under way. */
export interface UnderWay {
  /** Called and unsettled. */
  called: number;
  /** Claimed and not called yet. */
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
  /** The most calls that may be unsettled; a crash repeats no more than that. */
  readonly unsettledLimit: number;
  claimed(found: number, room: number): void;
  /** To be called with the time that each call took until it was settled. */
  took(ms: number): void;
  /** To be called when prefetched deliveries wait too long for their turn: calls are no longer short. */
  stalled(): void;
}

export function createPrefetch(concurrency: number, maxAttempts: number): Prefetch {
  let averageMs = unproven;
  let moreIsDue = false;
  const batch = () => (averageMs <= veryShortMs ? Math.max(concurrency, shortBatch) : concurrency);
  return {
    room({ called, ahead }) {
      if (maxAttempts < minAttempts || !moreIsDue || averageMs > shortMs)
        return Math.max(0, concurrency - called - ahead);
      // A whole batch, or every call that ends would claim one more.
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
