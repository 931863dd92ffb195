/** Calls that take no longer than this, in milliseconds, are worth claiming for in advance: what waits, waits so long. */
const shortMs = 50;

/** How much of the average a new call is. */
const weight = 0.1;

/** Until some calls have shown that they are short. */
const unproven = 2 * shortMs;

/**
 * A claim counts as an attempt, also of what waits for its turn when the process dies. Where fewer attempts than this are
 * allowed, nothing is claimed ahead: it could be discarded without a call.
 */
const sparesAttempts = 3;

/** What a drainer has under way. */
export interface UnderWay {
  /** Called and unsettled. */
  called: number;
  /** Claimed and not called yet. */
  ahead: number;
}

/**
 * Decides how many deliveries a drainer claims. In general as many as it can call at once; where more is due than that
 * and calls are short, also two batches ahead of them: while one waits for its turn, the other is loaded. Ahead of long
 * calls nothing is claimed: another worker may be free.
 */
export interface Pace {
  room(underWay: UnderWay): number;
  claimed(found: number, room: number): void;
  /** To be told how long each call took until it was settled. */
  took(ms: number): void;
  /** To be told that what was claimed ahead waits too long for its turn: calls are no longer short. */
  stalled(): void;
}

export function createPace(concurrency: number, maxAttempts: number): Pace {
  let averageMs = unproven;
  let moreIsDue = false;
  return {
    room({ called, ahead }) {
      if (maxAttempts < sparesAttempts || !moreIsDue || averageMs > shortMs)
        return Math.max(0, concurrency - called - ahead);
      // A whole batch, or every call that ends would claim one more.
      return called + ahead <= 2 * concurrency ? concurrency : 0;
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
