import type { DeliveryState, DeliveryTopic } from '../contracts/domain.js';
import { statement } from '../db/statement.js';
import type { Timestamp } from '../db/timestamp.js';

/** How many new rows one look reads at most; the newest. */
export const mostPerLook = 500;

/** How many due deliveries of each topic are watched. */
const mostDue = 200;

export interface DeliveryReading {
  id: string;
  topic: DeliveryTopic;
  conversation_id: string;
  state: DeliveryState;
  attempts: number;
  available_at: Timestamp;
  leased: boolean;
  due: boolean;
  /** Written since `from`. */
  is_new: boolean;
  /** When it reached its state, as far as the row shows; else the time of the query. */
  at: Timestamp;
}

export interface EventReading {
  id: string;
  at: Timestamp;
  action: string;
  actor_id: string;
  conversation_id: string | null;
  subject_id: string | null;
}

/** Ids sort by the server's time, so the primary key finds what was written since. */
const writtenSince = (from: string) =>
  `id >= (lpad(to_hex((extract(epoch FROM ${from}::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

export const selectServerTime = statement('tail.time', () => 'SELECT clock_timestamp() AS now');

/**
 * $1 from, $2 watched ids, $3 topics, $4 the conversation or null. What becomes due within two seconds is watched before
 * a worker takes it; every part walks an index.
 */
export const selectDeliveries = statement(
  'tail.deliveries',
  (s) => `
    WITH fresh AS (
      SELECT id FROM ${s}.deliveries
      WHERE ${writtenSince('$1')} AND topic = ANY ($3::text[]) AND ($4::uuid IS NULL OR conversation_id = $4)
      ORDER BY id DESC LIMIT ${mostPerLook}
    ), due AS (
      SELECT head.id FROM unnest($3::text[]) AS topic (name) CROSS JOIN LATERAL (
        SELECT d.id FROM ${s}.deliveries d
        WHERE d.topic = topic.name AND d.state = 'pending' AND d.available_at <= ${s}.clock() + interval '2 seconds'
          AND ($4::uuid IS NULL OR d.conversation_id = $4)
        ORDER BY d.available_at DESC, d.id DESC LIMIT ${mostDue}
      ) head
    ), wanted AS (
      SELECT id FROM fresh UNION SELECT id FROM due UNION SELECT unnest($2::uuid[])
    )
    SELECT d.id, d.topic, d.conversation_id, d.state, d.attempts, d.available_at,
      coalesce(d.lease_until > ${s}.clock(), false) AS leased, d.available_at <= ${s}.clock() AS due,
      d.id IN (SELECT id FROM fresh) AS is_new,
      coalesce(d.settled_at, CASE WHEN d.attempts = 0 THEN d.created_at END, ${s}.clock()) AS at
    FROM ${s}.deliveries d WHERE d.id = ANY (ARRAY(SELECT id FROM wanted))`,
);

/** $1 from, $2 the conversation or null. */
export const selectEvents = statement(
  'tail.events',
  (s) => `
    SELECT id, at, action, actor ->> 'id' AS actor_id, conversation_id, subject_id FROM ${s}.audit_events
    WHERE ${writtenSince('$1')} AND ($2::uuid IS NULL OR conversation_id = $2)
    ORDER BY id DESC LIMIT ${mostPerLook}`,
);
