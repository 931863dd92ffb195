import { syncBuiltinESMExports } from 'node:module';

/** Time limit for loading a config, in milliseconds. It is long, because a config may query a vault. */
export const importTimeoutMs = 20_000;

/**
 * Runs config code that may never settle or may end the process. Both become errors, so that a command can always
 * report.
 */
export async function runHostCodeWithLimits<T>(run: () => T | Promise<T>, timeoutMs = importTimeoutMs): Promise<T> {
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
    const error = new Error(`the config ended the process with exit code ${code ?? process.exitCode ?? 0}`);
    reject(error);
    throw error;
  });
  // Node has no pending work left and is about to exit; rejecting needs one more turn of the event loop.
  const onIdle = () =>
    setImmediate(() =>
      reject(new Error('the config never settles: it awaits a promise that nothing can resolve any more')),
    );
  process.once('beforeExit', onIdle);
  // Unref'd, because a pending timer would keep the process from becoming idle.
  const timer = setTimeout(
    () => reject(new Error(`the config did not settle within ${timeoutMs} ms`)),
    timeoutMs,
  ).unref();
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
  // If the config settles first, nobody awaits this promise, and its rejection would be an unhandled one.
  promise.catch(() => {});
  return { promise, reject };
}

/** Replaces `process.exit`, also for modules that import `exit` by name. */
function replaceExit(exit: NodeJS.Process['exit']): void {
  process.exit = exit;
  syncBuiltinESMExports();
}
