import { setImmediate as nextTurn } from 'node:timers/promises';
import { stopSignals } from './stop-signal.js';

/** Runs work that no stop signal cuts in two: one that comes meanwhile ends the process right after it. */
export async function uninterrupted(work: () => void): Promise<void> {
  const stop = onStopSignal(() => {});
  try {
    work();
  } finally {
    // A signal is seen when the event loop polls next, which is in its second turn where this one has polled.
    await nextTurn();
    await nextTurn();
    stop();
  }
}

/**
 * Calls `before` when a stop signal comes, and then ends the process by that signal, as without a handler. Returns what
 * takes this back.
 */
export function onStopSignal(before: () => void): () => void {
  const names = stopSignals();
  const stop = () => {
    for (const name of names) process.off(name, end);
  };
  const end = (name: NodeJS.Signals) => {
    stop();
    before();
    process.kill(process.pid, name);
  };
  for (const name of names) process.on(name, end);
  return stop;
}
