import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** What the thread is given. */
export interface Watched {
  /** Counted up by the main thread for as long as its event loop turns. */
  beats: Int32Array;
  tickMs: number;
  /** Ticks without a beat after which the process is ended. */
  patience: number;
}

const patience = 8;

/**
 * Ends this process when its event loop has stood still for `limitMs`, e.g. in a callback's endless loop: nothing in the
 * process itself could renew a lease, answer a probe or heed a signal any more. The supervisor starts the next one, and
 * the claim that was counted keeps the delivery at fault from doing it for ever. Does nothing under a debugger, where
 * standing still is normal.
 */
export function startWatchdog(limitMs: number): { stop(): Promise<void> } {
  if (inspector.url() !== undefined) return { stop: async () => {} };
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const tickMs = Math.max(20, Math.ceil(limitMs / patience));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), tickMs / 2).unref();
  const watched: Watched = { beats, tickMs, patience };
  const thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData: watched });
  thread.unref();
  return {
    async stop() {
      clearInterval(beating);
      await thread.terminate();
    },
  };
}
