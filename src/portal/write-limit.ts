import { randomUUID } from 'node:crypto';
import { hashText } from '../customers/hash-of-text.js';
import type { Database } from '../db/connect.js';
import { declareStatement } from '../db/statement.js';

/**
 * Limits each customer's writes over all processes. Unlike with rate-limit libraries, a repeated request with the same
 * dedupe key counts once, even if both arrive at the same time.
 */
export interface WriteLimit {
  /** Counts a write. Returns 0 if the write is allowed, else the seconds until the next attempt. */
  take(customerId: string, key: string | undefined): Promise<number>;
}

const sweepEveryMs = 60 * 60 * 1000;

export function createWriteLimit(db: Pick<Database, 'run'>, perMinute: number): WriteLimit {
  let sweptAt = 0;

  /** Deletes old counters at most once an hour per process, without delaying the customer. */
  function sweepNowAndThen(): void {
    if (Date.now() - sweptAt < sweepEveryMs) return;
    sweptAt = Date.now();
    db.run(sweep).catch(() => {});
  }

  return {
    async take(customerId, key) {
      sweepNowAndThen();
      const counted = key === undefined ? randomUUID() : hashText(key);
      const [row] = await db.run(take, { customer: hashText(customerId), key: counted, perMinute });
      return row && !row.allowed ? Math.max(1, row.wait) : 0;
    },
  };
}

/** Counts a write once per dedupe key, and only while fewer than `perMinute` writes are younger than a minute. */
const take = declareStatement<{ customer: string; key: string; perMinute: number }, { allowed: boolean; wait: number }>(
  'portal.take',
  (s, p) => `
    INSERT INTO ${s}.portal_writes AS w (customer, keys, times, last_at)
    VALUES (${p.customer}, ARRAY[${p.key}::text], ARRAY[${s}.clock()::timestamptz(3)], ${s}.clock())
    ON CONFLICT (customer) DO UPDATE SET last_at = excluded.last_at, (keys, times) = (
      SELECT coalesce(array_agg(counted.key ORDER BY counted.at), '{}'),
        coalesce(array_agg(counted.at ORDER BY counted.at), '{}')
      FROM (
        SELECT recent.key, recent.at FROM unnest(w.keys, w.times) recent (key, at)
        WHERE recent.at > excluded.last_at - interval '1 minute'
        UNION ALL
        SELECT ${p.key}::text, excluded.last_at
        WHERE (
          SELECT count(*) < ${p.perMinute}::int AND count(*) FILTER (WHERE recent.key = ${p.key}::text) = 0
          FROM unnest(w.keys, w.times) recent (key, at)
          WHERE recent.at > excluded.last_at - interval '1 minute')
      ) counted
    )
    RETURNING ${p.key}::text = ANY (w.keys) AS allowed,
      ceil(extract(epoch FROM w.times[1] + interval '1 minute' - w.last_at))::int AS wait`,
);

/** Deletes the counters of customers who have not written for an hour. */
const sweep = declareStatement(
  'portal.sweep',
  (s) => `
    DELETE FROM ${s}.portal_writes WHERE customer IN (
      SELECT customer FROM ${s}.portal_writes WHERE last_at < ${s}.clock() - interval '1 hour'
      ORDER BY last_at LIMIT 10000 FOR UPDATE SKIP LOCKED)`,
);
