import type { DeliveryState, DeliveryTopic } from '../contracts/domain.js';
import { declareStatement, type NoStatementParams } from '../db/statement.js';
import type { Timestamp } from '../db/timestamp.js';

/** The most new rows that one poll reads; older ones are skipped. */
export const maxTailRowsPerPoll = 500;

/** The most due deliveries of one topic that a poll reads. */
const mostDue = 200;

export interface TailedDeliveryRow {
  id: string;
  topic: DeliveryTopic;
  conversation_id: string;
  state: DeliveryState;
  attempts: number;
  available_at: Timestamp;
  leased: boolean;
  due: boolean;
  /** Whether the delivery was written after `from`. */
  is_new: boolean;
  /** When the delivery reached its state, if the row shows it; else the time of the query. */
  at: Timestamp;
}

export interface AuditEventRow {
  id: string;
  at: Timestamp;
  action: string;
  actor_id: string;
  conversation_id: string | null;
  subject_id: string | null;
}

/** SQL condition for rows written since `from`: ids sort by the server's time, so the primary key finds the rows. */
const writtenSince = (from: string) =>
  `id >= (lpad(to_hex((extract(epoch FROM ${from}::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

export const selectServerTime = declareStatement<NoStatementParams, { now: Timestamp }>(
  'tail.time',
  () => 'SELECT clock_timestamp() AS now',
);

/**
 * Reads new and due deliveries, and those in `watched`, by index scans. Includes deliveries due within two seconds, so
 * that they are seen before a worker claims them.
 */
export const selectTailedDeliveries = declareStatement<
  { from: Date; watched: string[]; topics: DeliveryTopic[]; conversationId: string | null },
  TailedDeliveryRow
>(
  'tail.deliveries',
  (s, p) => `
    WITH fresh AS (
      SELECT id FROM ${s}.deliveries
      WHERE ${writtenSince(p.from)}
        AND topic = ANY (${p.topics}::text[]) AND (${p.conversationId}::uuid IS NULL OR conversation_id = ${p.conversationId})
      ORDER BY id DESC LIMIT ${maxTailRowsPerPoll}
    ), due AS (
      SELECT head.id FROM unnest(${p.topics}::text[]) AS topic (name) CROSS JOIN LATERAL (
        SELECT d.id FROM ${s}.deliveries d
        WHERE d.topic = topic.name AND d.state = 'pending' AND d.available_at <= ${s}.clock() + interval '2 seconds'
          AND (${p.conversationId}::uuid IS NULL OR d.conversation_id = ${p.conversationId})
        ORDER BY d.available_at DESC, d.id DESC LIMIT ${mostDue}
      ) head
    ), wanted AS (
      SELECT id FROM fresh UNION SELECT id FROM due UNION SELECT unnest(${p.watched}::uuid[])
    )
    SELECT d.id, d.topic, d.conversation_id, d.state, d.attempts, d.available_at,
      coalesce(d.lease_until > ${s}.clock(), false) AS leased, d.available_at <= ${s}.clock() AS due,
      d.id IN (SELECT id FROM fresh) AS is_new,
      coalesce(d.settled_at, CASE WHEN d.attempts = 0 THEN d.created_at END, ${s}.clock()) AS at
    FROM ${s}.deliveries d WHERE d.id = ANY (ARRAY(SELECT id FROM wanted))`,
);

export const selectTailedAuditEvents = declareStatement<{ from: Date; conversationId: string | null }, AuditEventRow>(
  'tail.events',
  (s, p) => `
    SELECT id, at, action, actor ->> 'id' AS actor_id, conversation_id, subject_id FROM ${s}.audit_events
    WHERE ${writtenSince(p.from)} AND (${p.conversationId}::uuid IS NULL OR conversation_id = ${p.conversationId})
    ORDER BY id DESC LIMIT ${maxTailRowsPerPoll}`,
);
