/** The error of a host call that did not settle in time. */
export class HostTimeout extends Error {
  constructor(method: string, timeoutMs: number) {
    super(`${method} did not settle within ${timeoutMs} ms`);
    this.name = 'HostTimeout';
  }
}

/**
 * Calls into host code and waits for at most `timeoutMs`; to be awaited. What the host does after the time-out is
 * ignored.
 */
export function withTimeout<T>(timeoutMs: number, method: string, call: () => T): Awaited<T> | Promise<Awaited<T>> {
  const returned = call();
  // What is there already needs no timer and no promise; thousands of calls a second would feel theirs.
  return isThenable(returned) ? inTime(timeoutMs, method, returned) : (returned as Awaited<T>);
}

async function inTime<T>(timeoutMs: number, method: string, returned: T): Promise<Awaited<T>> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HostTimeout(method, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([returned, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
