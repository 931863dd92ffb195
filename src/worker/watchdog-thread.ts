import { write } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { WatchdogData } from './watchdog.js';

const { beats, lastCall, tickMs, patience } = workerData as WatchdogData;
let last = 0;
let missed = 0;

/** Time limit for writing the last log message, in milliseconds: the process that reads it may be gone or stopped. */
const lastWordsMs = 200;

// Counts ticks, not time: a process that was frozen and resumed has missed none.
const watching = setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed < patience) return;
  clearInterval(watching);
  const seconds = Math.round((missed * tickMs) / 1000);
  const kill = () => process.kill(process.pid, 'SIGKILL');
  setTimeout(kill, lastWordsMs);
  write(
    2,
    `The worker's event loop was blocked for ${seconds} s by a callback that does not return${lastBegun()}; the worker is killed, and its deliveries are called again\n`,
    kill,
  );
}, tickMs);

/**
 * Describes the callback that was called last. It is the one that blocks, unless an earlier callback went on after an
 * `await` and blocks.
 */
function lastBegun(): string {
  // The bytes are copied first, because a view of shared memory cannot be decoded.
  const words = Buffer.from(lastCall).toString().replaceAll('\0', '');
  return words ? ` (the last one called is ${words})` : '';
}
