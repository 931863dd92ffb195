import { setTimeout as sleep } from 'node:timers/promises';
import { isReadOnly } from './outage.js';
import { isLocked } from './refusal.js';

const retryMs = 500;

/**
 * Tries to write again for as long as another session has locked what is to be changed, or the database takes no writes.
 * Once `signal` aborts nothing is tried any more, and the last failure is thrown.
 */
export async function whenWritable<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(isLocked(error) || isReadOnly(error))) throw error;
      await sleep(retryMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}
