import { watchRunner } from './runner-gone.js';

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Why a process was asked to stop: a signal, or the end of the process that forked it or of npm, which ran it. */
export type StopReason = (typeof signals)[number] | 'disconnect' | 'The process that ran this one is gone';

/**
 * Waits for the first signal that asks this process to stop. A second one ends it at once: whoever sends it does not
 * want to wait for callbacks. A forked process also stops when its parent is gone, by whatever death.
 */
export function stopSignal(): Promise<StopReason> {
  return new Promise((resolve) => {
    const first = (reason: StopReason) => {
      for (const name of signals) process.removeListener(name, first);
      process.removeListener('disconnect', parentGone);
      unwatch();
      resolve(reason);
    };
    const parentGone = () => first('disconnect');
    const unwatch = watchRunner(() => first('The process that ran this one is gone'));
    for (const name of signals) process.once(name, first);
    if (process.connected) process.once('disconnect', parentGone);
  });
}
