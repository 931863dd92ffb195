import { nextWakes, wakeDue } from '../conversations/wake.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';

/** Look-ahead in milliseconds: longer than a round, so that no snooze ends in between. */
const lookAheadMs = 1600;

/**
 * Wakes snoozed conversations on time: those that are due, and by a timer those due before the next round. A lost timer
 * is made up for by any worker's next round.
 */
export function createSnoozeAlarm(runtime: Runtime): { run(): Promise<void>; stop(): void } {
  const armed = new Map<number, NodeJS.Timeout>();
  let stopped = false;

  function arm(inMs: number): void {
    const at = Math.round(performance.now() + inMs);
    if (stopped || armed.has(at)) return;
    armed.set(
      at,
      setTimeout(() => {
        armed.delete(at);
        wakeDue(runtime).catch((error) =>
          runtime.log.warn({ reason: errorText(error) }, 'waking failed; the next round tries again'),
        );
      }, inMs),
    );
  }

  return {
    async run() {
      await wakeDue(runtime);
      for (const inMs of await nextWakes(runtime, lookAheadMs)) arm(inMs);
    },
    stop() {
      stopped = true;
      for (const timer of armed.values()) clearTimeout(timer);
      armed.clear();
    },
  };
}
