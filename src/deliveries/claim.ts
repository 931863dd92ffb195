import { type Executor, statement } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import type { Delivery, DeliveryTopic } from '../domain.js';

/** A row of `deliveries`. */
export interface DeliveryRow {
  id: string;
  topic: DeliveryTopic;
  conversation_id: string;
  subject_id: string | null;
  dedupe_key: string;
  payload: Record<string, unknown>;
  state: Delivery['state'];
  available_at: Timestamp;
  attempts: number;
  last_error: string | null;
  created_at: Timestamp;
  settled_at: Timestamp | null;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    topic: row.topic,
    conversationId: row.conversation_id,
    subjectId: row.subject_id,
    state: row.state,
    availableAt: toDate(row.available_at),
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: toDate(row.created_at),
    settledAt: toDate(row.settled_at),
  };
}

export interface ClaimOptions {
  limit: number;
  leaseMs: number;
  /** Take one delivery whose lease ran out twice, and nothing else. */
  suspects: boolean;
  /** Look no further back than this. Default: from the start of the queue. */
  from?: Date;
}

/**
 * Takes due deliveries under a lease, in order, and counts the attempt. One that comes back with more attempts than it
 * may have took its worker down at the last: it is to be discarded, not called.
 *
 * Of a conversation only the first due delivery can be taken, and while it is out it stays the first: that keeps the
 * order, and keeps a noisy conversation from filling a worker.
 */
export async function claim(executor: Executor, topic: DeliveryTopic, options: ClaimOptions): Promise<DeliveryRow[]> {
  const { limit, leaseMs, suspects, from } = options;
  const rows = await executor.run<DeliveryRow>(claimDue, [topic, limit, leaseMs, suspects, from ?? '-infinity']);
  return rows.sort((a, b) => Number(a.available_at) - Number(b.available_at) || (a.id < b.id ? -1 : 1));
}

/**
 * `attempts` counts claims, so that a callback which kills its process is counted too, and is the fencing token: a
 * settlement must name it. A row whose lease ran out twice may have taken its process down; it is left to claims for
 * suspects, which take one at a time, so that its neighbours do not pay its attempts. Suspects are the oldest rows of
 * the index: a bounded look at its head finds them however long the backlog is.
 *
 * OFFSET 0 keeps the planner from making a join of it, which reads all pending rows for each one that is due, as long
 * as the table has no statistics.
 */
const claimDue = statement(
  'delivery.claim',
  (s) => `
    WITH head AS (
      SELECT d.id FROM ${s}.deliveries d
      WHERE $4 AND d.topic = $1 AND d.state = 'pending' AND d.available_at <= ${s}.clock()
      ORDER BY d.available_at, d.id LIMIT 2000
    ), suspect AS (
      SELECT d.id FROM head JOIN ${s}.deliveries d USING (id)
      WHERE d.attempts >= 2 AND d.lease_until <= ${s}.clock() AND d.state = 'pending'
      ORDER BY d.available_at, d.id LIMIT 1
      FOR UPDATE OF d SKIP LOCKED
    ), free AS (
      SELECT d.id FROM ${s}.deliveries d
      WHERE NOT $4 AND d.topic = $1 AND d.state = 'pending' AND d.available_at BETWEEN $5 AND ${s}.clock()
        AND (d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.attempts < 2))
        AND NOT EXISTS (
          SELECT FROM ${s}.deliveries earlier
          WHERE earlier.conversation_id = d.conversation_id AND earlier.topic = d.topic AND earlier.state = 'pending'
            AND (earlier.available_at, earlier.id) < (d.available_at, d.id)
          OFFSET 0
        )
      ORDER BY d.available_at, d.id LIMIT $2
      FOR UPDATE SKIP LOCKED
    )
    UPDATE ${s}.deliveries d SET
      attempts = d.attempts + 1,
      lease_until = ${s}.clock() + make_interval(secs => $3::float8 / 1000)
    WHERE d.id = ANY (ARRAY(SELECT id FROM suspect UNION ALL SELECT id FROM free))
    RETURNING d.*`,
);

/** Extends the leases of deliveries that are still being worked on. */
export async function renewLeases(executor: Executor, held: readonly DeliveryRow[], leaseMs: number): Promise<void> {
  await executor.run(renew, [held.map((row) => row.id), held.map((row) => row.attempts), leaseMs]);
}

const renew = statement(
  'delivery.renew',
  (s) => `
    UPDATE ${s}.deliveries d SET lease_until = ${s}.clock() + make_interval(secs => $3::float8 / 1000)
    FROM unnest($1::uuid[], $2::int[]) AS held (id, attempts)
    WHERE d.id = held.id AND d.attempts = held.attempts AND d.state = 'pending'`,
);
