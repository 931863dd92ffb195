import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import { findErrorSource } from './tracked-calls.js';

/** Logs the running callbacks when an uncaught error ends the process. Whether it ends is up to Node and the host. */
export function logUncaughtErrors(log: Logger): { stop(): void } {
  const listener = (error: unknown) => {
    const { words, calls } = findErrorSource();
    log.fatal(
      { reason: errorText(error), calls },
      `an error was not caught in ${words}; deliveries under way are called again after their lease`,
    );
  };
  process.on('uncaughtExceptionMonitor', listener);
  return { stop: () => void process.removeListener('uncaughtExceptionMonitor', listener) };
}

/** The error because of which a worker's process must end. */
export interface WorkerCrash {
  reason: string;
  /** Describes the callback that was running, as in {@link ErrorSource}. */
  words: string;
}

/** Handles errors that nobody caught in a process that runs only a worker. */
export interface UncaughtErrorHandling {
  /** Resolves at the first uncaught error. */
  crashed: Promise<'crash'>;
  /** The uncaught error; undefined as long as there was none. */
  readonly crash: WorkerCrash | undefined;
  stop(): void;
}

/**
 * Replaces Node's handling of uncaught errors in a process that runs only a worker. An unhandled rejection of a
 * callback is only logged, because other callbacks are not affected. An uncaught error requests an orderly shutdown.
 */
export function handleUncaughtErrors(log: Logger): UncaughtErrorHandling {
  let crash: WorkerCrash | undefined;
  let tell: (what: 'crash') => void = () => {};
  const crashed = new Promise<'crash'>((resolve) => {
    tell = resolve;
  });
  const listeners = {
    uncaughtException: (error: unknown) => {
      crash ??= { reason: errorText(error), words: findErrorSource().words };
      tell('crash');
    },
    unhandledRejection: (error: unknown) => {
      const { words, calls } = findErrorSource();
      const advice = 'the worker goes on; await or return the promise in the callback, so that its failure is retried';
      log.error({ reason: errorText(error), calls }, `a rejected promise was not handled in ${words}; ${advice}`);
    },
    exit: (code: number) => {
      const { words, calls } = findErrorSource();
      if (calls.length === 0) return;
      log.fatal(
        { code, calls },
        `the process exits with code ${code} in ${words}; its deliveries are called again after their lease`,
      );
    },
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);
  return {
    crashed,
    get crash() {
      return crash;
    },
    stop() {
      for (const [event, listener] of Object.entries(listeners)) process.removeListener(event, listener);
    },
  };
}
