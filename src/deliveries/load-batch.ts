import { isConnectionLost, isReadOnly } from '../db/outage.js';
import { isLocked } from '../db/permanent-failure.js';
import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import type { HostCall, TopicHandler } from './topic-handler.js';

/** Marks a call that could not be loaded through no fault of the delivery. */
export const releasedCall = Symbol('released');

/** Marks a call that waits for another session's lock. */
export const postponedCall = Symbol('postponed');

/** The call of a delivery; undefined: nothing to call, settle as done. */
export type LoadedCall = HostCall | typeof releasedCall | typeof postponedCall | undefined;

/**
 * Loads the calls of a batch. If that fails they are loaded one by one, so that only the faulty delivery fails an
 * attempt; none does during an outage, on a read-only database or behind a lock. Never rejects.
 */
export async function loadBatch(
  runtime: Runtime,
  handler: TopicHandler,
  rows: readonly ClaimedDelivery[],
): Promise<Map<string, LoadedCall>> {
  if (rows.length === 0) return new Map();
  try {
    return await handler.load(runtime, rows);
  } catch (error) {
    if (isConnectionLost(error) || isReadOnly(error)) return new Map(rows.map((row) => [row.id, releasedCall]));
    const broken = () => {
      throw error;
    };
    if (rows.length === 1) return new Map(rows.map((row) => [row.id, isLocked(error) ? postponedCall : broken]));
    const single = await Promise.all(rows.map((row) => loadBatch(runtime, handler, [row])));
    return new Map(single.flatMap((calls) => [...calls]));
  }
}
