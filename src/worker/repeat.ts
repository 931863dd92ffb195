import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';

export interface RepeatedTask {
  /** Starts no further round of the task; resolves when the running round has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `work` now, and again `everyMs` after each run ended, so that runs never overlap. A failure is logged, and the
 * next round tries again.
 */
export function repeatTask(
  log: Logger,
  what: string,
  everyMs: number,
  work: () => Promise<void>,
  onStop?: () => void,
): RepeatedTask {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;
  let current: Promise<void>;

  function next(): void {
    current = round();
  }

  async function round(): Promise<void> {
    try {
      await work();
      if (failing) log.info(`${what} works again`);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ reason: errorText(error) }, `${what} failed; trying again`);
      failing = true;
    }
    if (!stopped) timer = setTimeout(next, everyMs);
  }

  next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      onStop?.();
      return current;
    },
  };
}
