/** The error of a call of host code that did not settle in time. */
export class HostTimeout extends Error {
  constructor(method: string, timeoutMs: number) {
    super(`${method} did not settle within ${timeoutMs} ms`);
    this.name = 'HostTimeout';
  }
}

/** Calls host code and rejects after `timeoutMs` milliseconds. A later result or error is ignored. */
export function withTimeout<T>(timeoutMs: number, method: string, call: () => T): Awaited<T> | Promise<Awaited<T>> {
  const returned = call();
  // Return a synchronous result without timer and promise: both cost too much at thousands of calls a second.
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
