import { randomUUID } from 'node:crypto';
import { hashOfText } from '../customers/hash-of-text.js';
import type { Database } from '../db/connect.js';
import { statement } from '../db/statement.js';

/**
 * Counts what each customer writes, over all processes. A table of its own rather than a library's bucket, which knows no
 * keys: a request that is sent again under its key is counted once, also when both arrive at the same moment.
 */
export interface WriteLimit {
  /** 0: go on. Otherwise the whole seconds after which to try again. */
  take(customerId: string, key: string | undefined): Promise<number>;
}

const sweepEveryMs = 60 * 60 * 1000;

export function createWriteLimit(db: Pick<Database, 'run'>, perMinute: number): WriteLimit {
  let sweptAt = 0;

  /** Rows are few and small, so one process in an hour is enough; the customer does not wait for it. */
  function sweepNowAndThen(): void {
    if (Date.now() - sweptAt < sweepEveryMs) return;
    sweptAt = Date.now();
    db.run(sweep).catch(() => {});
  }

  return {
    async take(customerId, key) {
      sweepNowAndThen();
      const values = [hashOfText(customerId), key === undefined ? randomUUID() : hashOfText(key), perMinute];
      const [row] = await db.run<{ allowed: boolean; wait: number }>(take, values);
      return row && !row.allowed ? Math.max(1, row.wait) : 0;
    },
  };
}

/** A write that is not counted already takes a place while fewer than $3 are younger than a minute. */
const take = statement(
  'portal.take',
  (s) => `
    INSERT INTO ${s}.portal_writes AS w (customer, keys, times, last_at)
    VALUES ($1, ARRAY[$2::text], ARRAY[${s}.clock()::timestamptz(3)], ${s}.clock())
    ON CONFLICT (customer) DO UPDATE SET last_at = excluded.last_at, (keys, times) = (
      SELECT coalesce(array_agg(counted.key ORDER BY counted.at), '{}'),
        coalesce(array_agg(counted.at ORDER BY counted.at), '{}')
      FROM (
        SELECT recent.key, recent.at FROM unnest(w.keys, w.times) recent (key, at)
        WHERE recent.at > excluded.last_at - interval '1 minute'
        UNION ALL
        SELECT $2::text, excluded.last_at
        WHERE (
          SELECT count(*) < $3::int AND count(*) FILTER (WHERE recent.key = $2::text) = 0
          FROM unnest(w.keys, w.times) recent (key, at)
          WHERE recent.at > excluded.last_at - interval '1 minute')
      ) counted
    )
    RETURNING $2::text = ANY (w.keys) AS allowed,
      ceil(extract(epoch FROM w.times[1] + interval '1 minute' - w.last_at))::int AS wait`,
);

/** Rows of customers who stayed away for an hour. */
const sweep = statement(
  'portal.sweep',
  (s) => `
    DELETE FROM ${s}.portal_writes WHERE customer IN (
      SELECT customer FROM ${s}.portal_writes WHERE last_at < ${s}.clock() - interval '1 hour'
      ORDER BY last_at LIMIT 10000 FOR UPDATE SKIP LOCKED)`,
);
