/**
 * Throttles scans from the start of a queue. While an old snapshot is open, such a scan walks over every row that was
 * settled since.
 */
export interface QueueScanThrottle {
  isDue(): boolean;
  /** Runs the scan, even if it is not due, and delays the next one so that scans keep to their share of time. */
  run<T>(look: () => Promise<T>): Promise<T>;
}

/** Full scans take at most 1/20 of wall time. */
const share = 20;

/**
 * Longest delay of a scan, in milliseconds: the scan before may have been slow because of a lock or a frozen process.
 */
const longestPauseMs = 5000;

export function createQueueScanThrottle(now: () => number): QueueScanThrottle {
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
