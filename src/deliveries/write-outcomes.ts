import { setTimeout as sleep } from 'node:timers/promises';
import { isStatementTimeoutError } from '../db/outage.js';
import { isLockTimeoutError, isPermanentError } from '../db/permanent-failure.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { type DeliverySettlement, type OutcomeWriteResult, settleDeliveries, storeKeptOutcomes } from './settle.js';

const retryMs = 500;

/** During an outage of the database, every how many tries a line is logged: at first, then every ten seconds. */
const triesPerLine = 20;

/**
 * Writes outcomes, and retries until it succeeds or `isStopped`: an outcome survives a restart of Postgres, and even a
 * late one avoids a repeated call. An outcome that is not in the result was refused.
 */
export async function writeOutcomes(
  runtime: Runtime,
  group: readonly DeliverySettlement[],
  isStopped: () => boolean,
): Promise<Map<string, OutcomeWriteResult>> {
  for (let tries = 0; !isStopped(); tries += 1) {
    try {
      return await settleOrKeep(runtime, group);
    } catch (error) {
      if (isPermanentError(error) || (group.length > 1 && isStatementTimeoutError(error)))
        return writeOneByOne(runtime, group, isStopped, error);
      if (tries % triesPerLine === 0)
        runtime.log.warn(
          { reason: errorText(error), outcomes: group.length },
          'callback outcomes could not be written; trying again',
        );
      await sleep(retryMs);
    }
  }
  return new Map();
}

/** Settles a group of outcomes; if a whole table is locked, they go to `delivery_outcomes`. */
async function settleOrKeep(
  { db }: Runtime,
  group: readonly DeliverySettlement[],
): Promise<Map<string, OutcomeWriteResult>> {
  try {
    return await settleDeliveries(db, group);
  } catch (error) {
    if (!isLockTimeoutError(error)) throw error;
    return storeKeptOutcomes(db, group);
  }
}

/** Writes each outcome by itself, so that a rejected one does not fail its group. */
async function writeOneByOne(
  runtime: Runtime,
  group: readonly DeliverySettlement[],
  isStopped: () => boolean,
  error: unknown,
): Promise<Map<string, OutcomeWriteResult>> {
  const [only, ...others] = group;
  if (only && others.length === 0) {
    runtime.log.error({ deliveryId: only.row.id, reason: errorText(error) }, 'outcome refused by the database');
    return new Map();
  }
  const written = await Promise.all(group.map((settlement) => writeOutcomes(runtime, [settlement], isStopped)));
  return new Map(written.flatMap((one) => [...one]));
}
