import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries `check` until it holds and returns what it returned; after `timeoutMs` its last failure is the test's. Give an
 * `assert.ok` in it a message: without one Node parses the test file for words at each failure.
 */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 40_000): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(20);
    }
  }
}
