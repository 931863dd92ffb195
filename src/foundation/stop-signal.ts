import { readFileSync } from 'node:fs';
import { watchRunner } from './runner-exit.js';

/** SIGHUP: the terminal was closed. */
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Why the process was asked to stop: a signal, or the exit of its parent or package manager. */
export type StopReason = (typeof signals)[number] | 'disconnect' | 'The process that ran this one is gone';

/**
 * Waits for the first stop signal. A second one ends the process at once. A forked process also stops when its parent
 * exits for any reason.
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
    for (const name of stopSignals()) process.once(name, first);
    if (process.connected) process.once('disconnect', parentGone);
  });
}

/** Without SIGHUP under `nohup`. */
export function stopSignals(): (typeof signals)[number][] {
  return signals.filter((name) => name !== 'SIGHUP' || !ignoresHangUp());
}

/** Whether `nohup` started us: a SIGHUP handler would undo it. Only Linux shows this. */
function ignoresHangUp(): boolean {
  try {
    const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
