import { readFileSync } from 'node:fs';
import { onPackageManagerExit } from './runner-exit.js';

/** The signals that stop the process. SIGHUP means that the terminal was closed. */
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Why the process has to stop: a signal, or the exit of its parent process or package manager. */
export type StopReason = (typeof signals)[number] | 'disconnect' | 'The process that started this one has exited';

/**
 * Waits for the first stop signal. A second one ends the process at once. A forked process also stops when its parent
 * exits for any reason.
 */
export function waitForStopSignal(): Promise<StopReason> {
  return new Promise((resolve) => {
    const first = (reason: StopReason) => {
      for (const name of signals) process.removeListener(name, first);
      process.removeListener('disconnect', parentGone);
      unwatch();
      resolve(reason);
    };
    const parentGone = () => first('disconnect');
    const unwatch = onPackageManagerExit(() => first('The process that started this one has exited'));
    for (const name of listStopSignals()) process.once(name, first);
    if (process.connected) process.once('disconnect', parentGone);
  });
}

/** The signals that stop a command: without SIGHUP if `nohup` started it. */
export function listStopSignals(): (typeof signals)[number][] {
  return signals.filter((name) => name !== 'SIGHUP' || !ignoresHangUp());
}

/** Whether `nohup` started this process: a handler of SIGHUP would undo that. Known only on Linux. */
function ignoresHangUp(): boolean {
  try {
    const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
