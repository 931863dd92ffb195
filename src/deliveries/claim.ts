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
}

/**
 * Takes due deliveries under a lease, in order, and counts the attempt. One that comes back with more attempts than it
 * may have took its worker down at the last: it is to be discarded, not called.
 */
export async function claim(executor: Executor, topic: DeliveryTopic, options: ClaimOptions): Promise<DeliveryRow[]> {
  const rows = await executor.run<DeliveryRow>(claimDue, [topic, options.limit, options.leaseMs, options.suspects]);
  return rows.sort((a, b) => Number(a.available_at) - Number(b.available_at) || (a.id < b.id ? -1 : 1));
}

const claimDue = statement('delivery.claim', (s) => `SELECT * FROM ${s}.claim_deliveries($1, $2, $3, $4)`);

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
