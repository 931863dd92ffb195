/** Throttles scans from the start of a queue. Behind an old snapshot such a scan walks over every row settled since. */
export interface ScanThrottle {
  isDue(): boolean;
  /** Runs the scan, due or not, and delays the next one to keep its share of time. */
  run<T>(look: () => Promise<T>): Promise<T>;
}

/** Full scans take at most 1/20 of wall time. */
const share = 20;

/** Longest delay, in milliseconds: the slow scan may have waited for a lock or a frozen process. */
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
