import { setImmediate as nextTurn } from 'node:timers/promises';
import { listStopSignals } from './stop-signal.js';

/** Runs work that no stop signal interrupts: a signal that arrives meanwhile ends the process once the work is done. */
export async function runUninterruptedBySignals(work: () => void): Promise<void> {
  const stop = onStopSignal(() => {});
  try {
    work();
  } finally {
    // Wait for the event loop to poll, which is when Node sees a signal: two turns always include one poll.
    await nextTurn();
    await nextTurn();
    stop();
  }
}

/**
 * Calls `before` when a stop signal arrives, and then ends the process by that signal, as without a handler. Returns a
 * function that removes the handler.
 */
export function onStopSignal(before: () => void): () => void {
  const names = listStopSignals();
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
