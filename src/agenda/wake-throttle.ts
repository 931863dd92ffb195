import { pause } from '../db/pause.js';

export interface WakeThrottle {
  wake(): void;
  /** Sends what is still to be sent without a pause, and settles when no wake-up is under way. */
  idle(): Promise<void>;
}

/** Between two wake-ups of one topic, in milliseconds: short at first, longer while they keep coming. */
const gapMs = { shortest: 10, longest: 40 };

/**
 * Merges bursts of wake-ups: the first goes out at once, those that arrive while it is under way become one more. What
 * counts is when the insert returned, not when the job ran: a commit after that may have been missed by the job.
 */
export function createWakeThrottle(insert: () => Promise<void>, onError: (error: unknown) => void): WakeThrottle {
  let again = false;
  let running: Promise<void> | undefined;
  // Never a timer alone: where a host's tests fake them, none would end the pause and `close` would hang.
  const hurry = new AbortController();

  async function run(): Promise<void> {
    let gap = gapMs.shortest;
    do {
      again = false;
      await insert().catch(onError);
      await pause(gap, hurry.signal);
      gap = Math.min(gap * 2, gapMs.longest);
    } while (again);
    running = undefined;
  }

  return {
    wake() {
      again = true;
      running ??= run();
    },
    idle: () => {
      hurry.abort();
      return running ?? Promise.resolve();
    },
  };
}
