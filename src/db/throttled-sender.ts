import { abortableSleep } from './abortable-sleep.js';

export interface ThrottledSender {
  /** Has `send` called: at once, or after the gap behind an earlier call. */
  ask(): void;
  /** Ends the gaps; resolves once everything that was asked for is sent. */
  finish(): Promise<void>;
}

/**
 * Calls `send` for any number of `ask`s, one call at a time: the first at once, and one more for all that come during a
 * call and the gap after it. The gaps, in milliseconds, grow while more keeps coming. `send` never rejects.
 */
export function createThrottledSender(
  gapMs: { shortest: number; longest: number },
  send: () => Promise<void>,
): ThrottledSender {
  let asked = false;
  let running: Promise<void> | undefined;
  // Under a test's fake timers a gap would never end, and `close` would hang.
  const finishing = new AbortController();

  async function run(): Promise<void> {
    for (let gap = gapMs.shortest; asked; gap = Math.min(gap * 2, gapMs.longest)) {
      asked = false;
      await send();
      await abortableSleep(gap, finishing.signal);
    }
    running = undefined;
  }

  return {
    ask() {
      asked = true;
      running ??= run();
    },
    finish: () => {
      finishing.abort();
      return running ?? Promise.resolve();
    },
  };
}
