import { declareStatement, type Executor } from '../db/statement.js';

/** Maximum number of rows that one statement deletes; few, so that locks are short. */
const batchSize = 5000;

/** Maximum number of rows that one call deletes, so that a worker can stop in between. */
export const maxDeliveriesDeletedPerCall = 20 * batchSize;

/**
 * Deletes deliveries that were done more than `days` ago, at most {@link maxDeliveriesDeletedPerCall}. Discarded ones
 * stay.
 */
export async function deleteDoneDeliveries(executor: Executor, days: number): Promise<number> {
  let forgotten = 0;
  while (forgotten < maxDeliveriesDeletedPerCall) {
    const rows = await executor.run(deleteDone, { days, limit: batchSize });
    forgotten += rows.length;
    if (rows.length < batchSize) break;
  }
  return forgotten;
}

/** Deletes old done deliveries. Their ids sort by time, so the primary key finds them. */
const deleteDone = declareStatement<{ days: number; limit: number }, { id: string }>(
  'delivery.forget',
  (s, p) => `
    DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(
      SELECT id FROM ${s}.deliveries
      WHERE state = 'done' AND settled_at < ${s}.clock() - make_interval(secs => ${p.days}::float8 * 86400)
        AND id < (lpad(to_hex(
          (extract(epoch FROM ${s}.clock() - make_interval(secs => ${p.days}::float8 * 86400)) * 1000)::bigint),
          12, '0') || repeat('0', 20))::uuid
      ORDER BY id LIMIT ${p.limit} FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
);
