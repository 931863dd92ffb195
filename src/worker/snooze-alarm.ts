import { nextWakes, wakeDue } from '../conversations/wake.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';

/** How far ahead a round looks, in milliseconds: further than the next round, so that no snooze ends between two. */
const lookAheadMs = 1600;

/**
 * Brings snoozed conversations back on time: wakes what is due, and arms a timer for what gets due before the next round.
 * The timers hold nothing: any worker's next round finds what a lost one left.
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
