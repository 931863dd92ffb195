import { setTimeout as sleep } from 'node:timers/promises';
import { isReadOnlyError } from './outage.js';
import { isLockTimeoutError } from './permanent-failure.js';

const retryMs = 500;

/**
 * Retries a write while its rows are locked or the database is read-only. When `signal` aborts it throws the last
 * error.
 */
export async function retryUntilWritable<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(isLockTimeoutError(error) || isReadOnlyError(error))) throw error;
      await sleep(retryMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}
