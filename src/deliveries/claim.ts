import type { Delivery, DeliveryTopic } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { topicsDeliveredInOrder, waitsForEarlierDeliverySql } from './ordered-topics.js';
import { isUnsettledSql } from './sql-conditions.js';

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
  lease_until: Timestamp | null;
  attempts: number;
  claims: number;
  leases_lost: number;
  last_error: string | null;
  created_at: Timestamp;
  settled_at: Timestamp | null;
  /** The W3C `traceparent` of the span that wrote the delivery; null if it was not traced. */
  traceparent: string | null;
}

/** The columns of a claimed delivery that calling and settling need. */
export interface ClaimedDelivery
  extends Pick<
    DeliveryRow,
    | 'id'
    | 'conversation_id'
    | 'subject_id'
    | 'payload'
    | 'available_at'
    | 'lease_until'
    | 'attempts'
    | 'claims'
    | 'leases_lost'
    | 'traceparent'
  > {
  /**
   * Whether the worker that holds the delivery claimed it again: the stored attempts are then one more than the calls
   * made.
   */
  isClaimedAgain?: boolean;
}

/**
 * Maximum size of a loaded payload, in bytes. Metadata that `resolve` stored before it had a limit may be too large for
 * a process.
 */
const maxPayloadBytes = 65_536;

const claimedColumns = `id, conversation_id, subject_id, available_at, lease_until, attempts, claims, leases_lost, traceparent,
      CASE WHEN pg_column_size(payload) > ${maxPayloadBytes} AND jsonb_typeof(payload) = 'object'
        THEN payload || '{"metadata": {"truncated": true}}' ELSE payload END AS payload`;

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
    leaseUntil: toDate(row.lease_until),
  };
}

export interface ClaimOptions {
  limit: number;
  leaseMs: number;
  /** The claim leaves out deliveries that were due before this time. Default: none. */
  from?: Date;
}

/**
 * Claims due deliveries under a lease, in the order in which they are due. A claim counts as an attempt, so that a
 * callback which kills its process is counted too. A delivery that comes back with more than `worker.maxAttempts`
 * attempts is to be discarded, not called. `claims` is the fencing token, which a settlement must name.
 *
 * Of a conversation only the first due delivery can be claimed, and it blocks the others until it is settled: that
 * keeps the order, and keeps a busy conversation from filling a worker. The first is the one that is due first. For
 * {@link topicsDeliveredInOrder} it is the one that was written first, even while it waits for a retry.
 */
export async function claimDeliveries(
  executor: Executor,
  topic: DeliveryTopic,
  options: ClaimOptions,
): Promise<ClaimedDelivery[]> {
  const { limit, leaseMs, from } = options;
  const params = { topic, limit, leaseMs, from: from ?? ('-infinity' as const) };
  const rows = await executor.run(topicsDeliveredInOrder.has(topic) ? claimInOrder : claimDue, params);
  return rows.sort((a, b) => Number(a.available_at) - Number(b.available_at) || (a.id < b.id ? -1 : 1));
}

interface ClaimParams extends Omit<ClaimOptions, 'from'> {
  topic: DeliveryTopic;
  from: Date | '-infinity';
}

const claimDue = declareStatement<ClaimParams, ClaimedDelivery>(
  'delivery.claim',
  (s, p) => `SELECT ${claimedColumns} FROM ${s}.claim_deliveries(${p.topic}, ${p.limit}, ${p.leaseMs}, ${p.from})`,
);

const claimInOrder = declareStatement<ClaimParams, ClaimedDelivery>(
  'delivery.claim_in_order',
  (s, p) => `SELECT ${claimedColumns} FROM ${s}.claim_in_order(${p.topic}, ${p.limit}, ${p.leaseMs}, ${p.from})`,
);

/**
 * Claims one delivery whose lease expired twice in a row (a suspect). It may have killed its process, so {@link
 * claimDeliveries} skips it, to save the attempts of the deliveries that would be claimed with it.
 */
export function claimSuspectDelivery(
  executor: Executor,
  topic: DeliveryTopic,
  leaseMs: number,
): Promise<ClaimedDelivery[]> {
  return executor.run(suspectDeliveryClaimStatement, { topic, leaseMs });
}

/**
 * Claims one delivery that may have killed its process (a suspect), by an index of suspects only; reads neither the
 * backlog nor settled deliveries.
 */
export const suspectDeliveryClaimStatement = declareStatement<
  { topic: DeliveryTopic; leaseMs: number },
  ClaimedDelivery
>(
  'delivery.claim_suspect',
  (s, p) => `
    WITH suspect AS (
      SELECT d.id FROM ${s}.deliveries d
      WHERE d.topic = ${p.topic} AND d.leases_lost > 0 AND d.${isUnsettledSql}
        AND d.lease_until <= ${s}.clock() AND d.available_at <= ${s}.clock() AND NOT ${waitsForEarlierDeliverySql(s, 'd')}
        AND NOT EXISTS (SELECT FROM ${s}.delivery_outcomes o WHERE o.delivery_id = d.id)
      ORDER BY d.available_at, d.id LIMIT 1
      FOR UPDATE SKIP LOCKED
    )
    UPDATE ${s}.deliveries d SET
      attempts = d.attempts + 1,
      claims = d.claims + 1,
      leases_lost = d.leases_lost + 1,
      lease_until = ${s}.clock() + make_interval(secs => ${p.leaseMs}::float8 / 1000)
    WHERE d.id = ANY (ARRAY(SELECT id FROM suspect))
    RETURNING ${claimedColumns}`,
);

/**
 * Extends the leases of deliveries in flight; a settled one no longer has a lease. Rows that another session has locked
 * are skipped: nobody else can claim them meanwhile, and the others must not wait for them.
 */
export async function renewLeases(
  executor: Executor,
  held: readonly ClaimedDelivery[],
  leaseMs: number,
): Promise<void> {
  await executor.run(renew, { ids: held.map((row) => row.id), claims: held.map((row) => row.claims), leaseMs });
}

const renew = declareStatement<{ ids: string[]; claims: number[]; leaseMs: number }>(
  'delivery.renew',
  (s, p) => `
    WITH free AS MATERIALIZED (
      SELECT d.id FROM unnest(${p.ids}::uuid[], ${p.claims}::int[]) AS held (id, claims)
      JOIN ${s}.deliveries d ON d.id = held.id AND d.claims = held.claims AND d.lease_until IS NOT NULL
      FOR NO KEY UPDATE OF d SKIP LOCKED
    )
    UPDATE ${s}.deliveries d SET lease_until = ${s}.clock() + make_interval(secs => ${p.leaseMs}::float8 / 1000)
    FROM free WHERE d.id = free.id`,
);
