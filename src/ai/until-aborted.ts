/**
 * Runs `work` until `signal` aborts or `timeoutMs` have passed, and rejects then at once, even if `work` ignores the
 * signal that it gets.
 */
export async function runUntilAborted<T>(
  signal: AbortSignal,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const giveUp = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason));
  });
  const follow = () => giveUp.abort(signal.reason);
  const timer = setTimeout(
    () => giveUp.abort(new Error(`the model did not respond within ${timeoutMs} ms`)),
    timeoutMs,
  );
  signal.addEventListener('abort', follow);
  try {
    return await Promise.race([work(giveUp.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}
