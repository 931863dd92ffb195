import { findNextSnoozeEnds, wakeSnoozedConversations } from '../conversations/wake.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';

/** How far ahead timers are set, in milliseconds: further than the next round, so that no snooze ends in between. */
const lookAheadMs = 1600;

/**
 * Wakes snoozed conversations on time: in each round those that are due, and by a timer those that are due before the
 * next round. If a process ends and loses its timers, another worker's next round wakes them.
 */
export function createSnoozeTimer(runtime: Runtime): { run(): Promise<void>; stop(): void } {
  const armed = new Map<number, NodeJS.Timeout>();
  let stopped = false;

  function arm(inMs: number): void {
    const at = Math.round(performance.now() + inMs);
    if (stopped || armed.has(at)) return;
    armed.set(
      at,
      setTimeout(() => {
        armed.delete(at);
        wakeSnoozedConversations(runtime).catch((error) =>
          runtime.log.warn(
            { reason: errorText(error) },
            'waking snoozed conversations failed; the next round tries again',
          ),
        );
      }, inMs),
    );
  }

  return {
    async run() {
      await wakeSnoozedConversations(runtime);
      for (const inMs of await findNextSnoozeEnds(runtime, lookAheadMs)) arm(inMs);
    },
    stop() {
      stopped = true;
      for (const timer of armed.values()) clearTimeout(timer);
      armed.clear();
    },
  };
}
