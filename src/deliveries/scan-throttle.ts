/**
 * For looks at the start of a queue. While somebody holds an old snapshot open, Postgres can remove nothing, and such a
 * look walks over all that was settled meanwhile: it is taken as often as that is cheap.
 */
export interface ScanThrottle {
  isDue(): boolean;
  /** Does it, due or not, and puts the next one off by as much as keeps its share. */
  run<T>(look: () => Promise<T>): Promise<T>;
}

/** What is done sparingly takes one part in so many of the time. */
const share = 20;

/** But is never put off for longer, in milliseconds: it may have been a lock or a frozen process that took so long. */
const longestPauseMs = 5000;

export function createScanThrottle(now: () => number): ScanThrottle {
  let dueAt = 0;
  return {
    isDue: () => now() >= dueAt,
    async run(look) {
      const began = now();
      const found = await look();
      const ended = now();
      dueAt = ended + Math.min((ended - began) * (share - 1), longestPauseMs);
      return found;
    },
  };
}
