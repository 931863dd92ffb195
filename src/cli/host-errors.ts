/**
 * Prevents host code in this process from ending a command before its report is printed, as by an unhandled rejection
 * or a `process.exit` in a timer. Such errors are collected and reported.
 */
import { syncBuiltinESMExports } from 'node:module';
import { explainImportFailure } from '../config/import-failure.js';
import { redirectHostStdout } from './host-output.js';

export interface HostErrorCatcher {
  /** After this call host code cannot end this process. `cwd` is the host's folder. */
  start(cwd: string): void;
  /** Errors of host code since the last call, one sentence each, without secrets. */
  take(): string[];
  stop(): void;
}

export function createHostErrorCatcher(): HostErrorCatcher {
  let current: ReturnType<typeof startCatching> | undefined;
  return {
    start(cwd) {
      current ??= startCatching(cwd);
    },
    take: () => current?.failures.splice(0) ?? [],
    stop() {
      current?.stop();
      current = undefined;
    },
  };
}

/** Thrown in place of ending the process, so that host code after `process.exit` does not run. */
class Ended extends Error {}

const enders = ['exit', 'reallyExit', 'abort'] as const;
type Enders = Record<(typeof enders)[number], (code?: number) => never>;

function startCatching(cwd: string): { failures: string[]; stop(): void } {
  const failures: string[] = [];
  const keep = (text: string) => {
    if (failures.length < 10 && !failures.includes(text)) failures.push(text);
  };
  const onError = (error: unknown) => {
    if (!(error instanceof Ended)) keep(explainImportFailure(error, cwd));
  };
  const refuse = (what: string): never => {
    const ended = new Ended(what);
    keep(explainImportFailure(Object.assign(new Error(what), { stack: ended.stack }), cwd));
    throw ended;
  };
  process.on('unhandledRejection', onError);
  const restore = [replaceEnders(refuse), replaceEmit(onError), redirectHostStdout()];
  return {
    failures,
    stop() {
      process.removeListener('unhandledRejection', onError);
      for (const undo of restore) undo();
    },
  };
}

/**
 * Keeps host code's own handlers of uncaught errors from running: one that calls `process.exit` would throw here, and
 * a throw in such a handler ends the process.
 */
function replaceEmit(onError: (error: unknown) => void): () => void {
  const { emit } = process;
  process.emit = ((name: string, ...args: unknown[]) => {
    if (name === 'uncaughtExceptionMonitor') return true;
    if (name !== 'uncaughtException') return Reflect.apply(emit, process, [name, ...args]);
    onError(args[0]);
    return true;
  }) as typeof process.emit;
  return () => {
    process.emit = emit;
  };
}

function replaceEnders(refuse: (what: string) => never): () => void {
  const target = process as unknown as Enders;
  const { exit, reallyExit, abort } = target;
  const { kill } = process;
  for (const name of enders) {
    target[name] = (code) => refuse(`host code ended the process by process.${name}(${code ?? ''})`);
  }
  process.kill = (pid, signal) =>
    pid === process.pid && signal !== 0
      ? refuse(`host code ended the process by ${String(signal ?? 'SIGTERM')}`)
      : kill(pid, signal);
  syncBuiltinESMExports();
  return () => {
    Object.assign(process, { exit, reallyExit, abort, kill });
    syncBuiltinESMExports();
  };
}
