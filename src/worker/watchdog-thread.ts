import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { Watched } from './watchdog.js';

const { beats, tickMs, patience } = workerData as Watched;
let last = 0;
let missed = 0;

// Ticks are counted, not time: a process that was frozen and thawed has missed none.
setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed < patience) return;
  const seconds = Math.round((missed * tickMs) / 1000);
  writeSync(
    2,
    `Worker stood still for ${seconds} s in a callback that does not return; it is killed, and its deliveries are called again\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}, tickMs);
