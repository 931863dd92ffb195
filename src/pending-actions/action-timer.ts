import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { executeDuePendingActions, findNextPendingActionDelays } from './execute-due.js';

/**
 * Carries pending actions out on time. Timers hold no state: if a process ends, the next round of another process finds
 * its actions.
 */
export interface PendingActionTimer {
  /** Carries out due actions, and sets timers for those that become due within `lookAheadMs`. */
  run(): Promise<void>;
  /** Sets a timer that carries out due actions in `inMs` milliseconds. */
  arm(inMs: number): void;
  stop(): void;
}

export function createPendingActionTimer(runtime: Runtime, lookAheadMs: number): PendingActionTimer {
  const armed = new Map<number, NodeJS.Timeout>();
  let stopped = false;

  function arm(inMs: number): void {
    const at = Math.round(performance.now() + inMs);
    if (stopped || armed.has(at)) return;
    const timer = setTimeout(() => {
      armed.delete(at);
      executeDuePendingActions(runtime).catch((error) =>
        runtime.log.warn({ reason: errorText(error) }, 'pending actions failed; the next round tries again'),
      );
    }, inMs);
    armed.set(at, timer.unref());
  }

  return {
    arm,
    async run() {
      await executeDuePendingActions(runtime);
      for (const inMs of await findNextPendingActionDelays(runtime, lookAheadMs)) arm(inMs);
    },
    stop() {
      stopped = true;
      for (const timer of armed.values()) clearTimeout(timer);
      armed.clear();
    },
  };
}
