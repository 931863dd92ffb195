import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { describeCallbackCall, setCallbackBeginListener } from './tracked-calls.js';

/** The data that the watchdog thread gets. */
export interface WatchdogData {
  /** A counter that the main thread increments while its event loop runs. */
  beats: Int32Array;
  /** Describes the call that began last, in UTF-8; the remaining bytes are zero. */
  lastCall: Uint8Array;
  tickMs: number;
  /** Number of ticks without a change of `beats` after which the process is killed. */
  patience: number;
}

const patience = 8;
const encoder = new TextEncoder();

/**
 * Kills this process when its event loop was blocked for `limitMs`, e.g. by an endless loop in a callback: it can no
 * longer renew a lease, respond to a probe or handle a signal. A supervisor starts it again; because a claim counts as
 * an attempt, the delivery that blocks it is discarded in the end. Does nothing under a debugger, where a blocked event
 * loop is normal.
 */
export function startWatchdog(limitMs: number): { stop(): Promise<void> } {
  if (inspector.url() !== undefined) return { stop: async () => {} };
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const lastCall = new Uint8Array(new SharedArrayBuffer(200));
  setCallbackBeginListener(
    (call) => void encoder.encodeInto(describeCallbackCall(call).padEnd(lastCall.length, '\0'), lastCall),
  );
  const tickMs = Math.max(20, Math.ceil(limitMs / patience));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), tickMs / 2).unref();
  const watched: WatchdogData = { beats, lastCall, tickMs, patience };
  const thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData: watched });
  thread.unref();
  return {
    async stop() {
      clearInterval(beating);
      setCallbackBeginListener(undefined);
      await thread.terminate();
    },
  };
}
