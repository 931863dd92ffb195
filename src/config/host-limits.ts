import { syncBuiltinESMExports } from 'node:module';

/** Time limit for loading a config, in milliseconds: it may query a vault. */
export const importTimeoutMs = 20_000;

/**
 * Runs config code that may never settle or may end the process. Both become an error, so that a command always
 * reports.
 */
export async function runWithinHostLimits<T>(run: () => T | Promise<T>, timeoutMs = importTimeoutMs): Promise<T> {
  const limits = setLimits(timeoutMs);
  try {
    return await Promise.race([run(), limits.exceeded]);
  } finally {
    limits.lift();
  }
}

function setLimits(timeoutMs: number): { exceeded: Promise<never>; lift(): void } {
  const { exit } = process;
  const { promise: exceeded, reject } = withRejecter();
  replaceExit((code) => {
    const error = new Error(`it ended the process with exit code ${code ?? process.exitCode ?? 0}`);
    reject(error);
    throw error;
  });
  // No pending work is left, so Node is about to exit; reporting needs another turn of the event loop.
  const onIdle = () => setImmediate(() => reject(new Error('it never settles: it awaits what nothing brings')));
  process.once('beforeExit', onIdle);
  // Unref'd, or the process would never become idle.
  const timer = setTimeout(() => reject(new Error(`it did not settle within ${timeoutMs} ms`)), timeoutMs).unref();
  return {
    exceeded,
    lift() {
      clearTimeout(timer);
      process.removeListener('beforeExit', onIdle);
      replaceExit(exit);
    },
  };
}

function withRejecter(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  // Ignored if the config has settled.
  promise.catch(() => {});
  return { promise, reject };
}

/** Replaces `process.exit`, also for modules that import `exit` by name. */
function replaceExit(exit: NodeJS.Process['exit']): void {
  process.exit = exit;
  syncBuiltinESMExports();
}
