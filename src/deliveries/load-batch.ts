import { isConnectionLost, isReadOnly } from '../db/outage.js';
import { isLocked } from '../db/refusal.js';
import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import type { HostCall, TopicHandler } from './topic-handler.js';

/** Stands for a call that could not be made ready and is nobody's fault. */
export const givenBack = Symbol('given back');

/** Stands for a call that can be made ready once another session lets go of what it has locked. */
export const putOff = Symbol('put off');

/** What is to be called for a delivery; undefined: nothing, it settles quietly. */
export type LoadedCall = HostCall | typeof givenBack | typeof putOff | undefined;

/**
 * Makes the calls of a batch ready. One that cannot be loaded is retried one by one: only the delivery at fault pays for
 * it. None is at fault when the database is away, takes no writes, or has locked what is to be loaded. Never rejects.
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
    if (isConnectionLost(error) || isReadOnly(error)) return new Map(rows.map((row) => [row.id, givenBack]));
    const broken = () => {
      throw error;
    };
    if (rows.length === 1) return new Map(rows.map((row) => [row.id, isLocked(error) ? putOff : broken]));
    const single = await Promise.all(rows.map((row) => loadBatch(runtime, handler, [row])));
    return new Map(single.flatMap((calls) => [...calls]));
  }
}
