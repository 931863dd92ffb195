import { syncBuiltinESMExports } from 'node:module';

/** A config may ask a vault on its way; longer than this no command waits, in milliseconds. */
export const importTimeoutMs = 20_000;

/**
 * Runs code of a config that may never settle or end the process by itself: both become an error of its own, so that a
 * command never ends without a word.
 */
export async function withinLimits<T>(run: () => T | Promise<T>, timeoutMs = importTimeoutMs): Promise<T> {
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
  // Nothing is left that could settle it, so Node is about to leave; what follows needs a turn of the loop.
  const onIdle = () => setImmediate(() => reject(new Error('it never settles: it awaits what nothing brings')));
  process.once('beforeExit', onIdle);
  // Holds nobody up, or the process would never be idle.
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
  // Where the config has settled first, nobody listens.
  promise.catch(() => {});
  return { promise, reject };
}

/** Also for those who import it by name. */
function replaceExit(exit: NodeJS.Process['exit']): void {
  process.exit = exit;
  syncBuiltinESMExports();
}
