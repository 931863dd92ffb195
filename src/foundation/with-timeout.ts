/** The error of a host call that did not settle in time. */
export class HostTimeout extends Error {
  constructor(method: string, timeoutMs: number) {
    super(`${method} did not settle within ${timeoutMs} ms`);
    this.name = 'HostTimeout';
  }
}

/** Calls host code and rejects after `timeoutMs`. What the host does after the timeout is ignored. */
export function withTimeout<T>(timeoutMs: number, method: string, call: () => T): Awaited<T> | Promise<Awaited<T>> {
  const returned = call();
  // A synchronous result needs no timer and no promise, which matters at thousands of calls a second.
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
