import { abortableSleep } from '../db/abortable-sleep.js';

export interface WakeUpThrottle {
  wake(): void;
  /** Sends the pending wake-up at once; resolves when none is in flight. */
  idle(): Promise<void>;
}

/** Gap between two wake-ups of a topic, in milliseconds: it grows while they keep coming. */
const gapMs = { shortest: 10, longest: 40 };

/**
 * Throttles wake-ups, the first one without delay: those that arrive while an insert is in flight become one more
 * insert. It waits for the insert and not for the job's run, which may miss a later commit.
 */
export function createWakeUpThrottle(insert: () => Promise<void>, onError: (error: unknown) => void): WakeUpThrottle {
  let again = false;
  let running: Promise<void> | undefined;
  // Ends the gap before the next wake-up early. Under a test's fake timers the gap would never end, and `close` would
  // hang.
  const hurry = new AbortController();

  async function run(): Promise<void> {
    let gap = gapMs.shortest;
    do {
      again = false;
      await insert().catch(onError);
      await abortableSleep(gap, hurry.signal);
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
