import { isConnectionLostError, isReadOnlyError } from '../db/outage.js';
import { isLockTimeoutError } from '../db/permanent-failure.js';
import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import type { HostCall, TopicHandler } from './topic-handler.js';

/** Marks a call that could not be loaded through no fault of its delivery, which is released. */
export const releasedCallMark = Symbol('released');

/** Marks a call whose data another session has locked; its delivery is postponed. */
export const postponedCallMark = Symbol('postponed');

/** The loaded call of a delivery. Null or undefined: there is nothing to call, and the delivery is settled as done. */
export type LoadedCall = HostCall | typeof releasedCallMark | typeof postponedCallMark | undefined;

/**
 * Loads the calls of a batch. If that fails, they are loaded one by one, so that only the faulty delivery fails an
 * attempt. An outage, a read-only database or a lock makes no delivery fail an attempt. Never rejects.
 */
export async function loadCallsOfBatch(
  runtime: Runtime,
  handler: TopicHandler,
  rows: readonly ClaimedDelivery[],
): Promise<Map<string, LoadedCall>> {
  if (rows.length === 0) return new Map();
  try {
    return await handler.load(runtime, rows);
  } catch (error) {
    if (isConnectionLostError(error) || isReadOnlyError(error))
      return new Map(rows.map((row) => [row.id, releasedCallMark]));
    const broken = () => {
      throw error;
    };
    if (rows.length === 1)
      return new Map(rows.map((row) => [row.id, isLockTimeoutError(error) ? postponedCallMark : broken]));
    const single = await Promise.all(rows.map((row) => loadCallsOfBatch(runtime, handler, [row])));
    return new Map(single.flatMap((calls) => [...calls]));
  }
}
