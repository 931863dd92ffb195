import type { DeliveryTopic, DraftStatus } from '../contracts/domain.js';
import { statement } from '../db/statement.js';
import type { DeliveryOutcomeName, ReportNumber } from './report-types.js';

/** How many conversations, clocks and drafts are counted at most; the newest. */
export const mostCounted = 100_000;

/** How many deliveries are counted at most; the newest. */
export const mostDeliveries = 500_000;

/** How many conversations each number lists. */
const mostListed = 50;

/** How many edited drafts are measured. */
const mostMeasured = 200;

/** The parameters of every statement here. */
export type PeriodParameters = [since: Date, until: Date];

const isInPeriod = (column: string) => `${column} >= $1::timestamptz AND ${column} < $2::timestamptz`;

/**
 * Conversations that were active since the period began, found by the index on `updated_at`: one that was opened, or had
 * a clock started, in the period is among them, so no index on those times is needed.
 */
const activeSince = (s: string) => `${s}.conversations c WHERE c.updated_at >= $1::timestamptz`;

/** A {@link ReportNumber} of the rows that match. */
const numberOf = (id: string, where: string, order: string) => `jsonb_build_object(
      'count', count(*) FILTER (WHERE ${where}),
      'conversationIds', coalesce(to_jsonb(
        (array_agg(${id} ORDER BY ${order} DESC) FILTER (WHERE ${where}))[1:${mostListed}]), '[]'))`;

export interface OpenedRow {
  counted: number;
  opened: ReportNumber;
  answered: ReportNumber;
  unanswered: ReportNumber;
  positive: ReportNumber;
  negative: ReportNumber;
  median: number | null;
  p90: number | null;
  days: { day: string; opened: number; median: number | null }[];
}

const day = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`;
const responseSeconds = 'extract(epoch FROM answered_at - asked_at)::float8';

/** Two index scans a conversation find its first question and the first answer to it. */
export const selectOpened = statement(
  'report.opened',
  (s) => `
    WITH opened AS MATERIALIZED (
      SELECT c.id, c.created_at, c.csat_rating FROM ${activeSince(s)} AND ${isInPeriod('c.created_at')}
      ORDER BY c.updated_at DESC LIMIT ${mostCounted + 1}
    ), measured AS MATERIALIZED (
      SELECT opened.*, asked.at AS asked_at, answered.at AS answered_at FROM opened
      LEFT JOIN LATERAL (
        SELECT m.created_at AS at, m.id FROM ${s}.messages m WHERE m.conversation_id = opened.id AND m.role = 'customer'
        ORDER BY m.created_at, m.id LIMIT 1
      ) asked ON true
      LEFT JOIN LATERAL (
        SELECT m.created_at AS at FROM ${s}.messages m
        WHERE m.conversation_id = opened.id AND m.role IN ('operator', 'automation')
          AND (m.created_at, m.id) > (asked.at, asked.id)
        ORDER BY m.created_at, m.id LIMIT 1
      ) answered ON true
    ), days AS (
      SELECT ${day('created_at')} AS day, count(*) AS opened,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY ${responseSeconds}) FILTER (WHERE answered_at IS NOT NULL) AS median
      FROM measured GROUP BY 1
    )
    SELECT count(*)::int AS counted,
      ${numberOf('id', 'true', 'created_at')} AS opened,
      ${numberOf('id', 'answered_at IS NOT NULL', 'created_at')} AS answered,
      ${numberOf('id', 'asked_at IS NOT NULL AND answered_at IS NULL', 'created_at')} AS unanswered,
      ${numberOf('id', "csat_rating = 'positive'", 'created_at')} AS positive,
      ${numberOf('id', "csat_rating = 'negative'", 'created_at')} AS negative,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY ${responseSeconds}) FILTER (WHERE answered_at IS NOT NULL) AS median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY ${responseSeconds}) FILTER (WHERE answered_at IS NOT NULL) AS p90,
      (SELECT coalesce(jsonb_agg(days), '[]') FROM days) AS days
    FROM measured`,
);

export interface ClocksRow {
  counted: number;
  met: ReportNumber;
  breached: ReportNumber;
  running: ReportNumber;
  days: { day: string; met: number; breached: number }[];
}

/** A clock that ended because tracking was switched off was neither met nor breached. */
const isMet = `status = 'fulfilled' AND ended_by <> 'tracking_off'`;

export const selectClocks = statement(
  'report.clocks',
  (s) => `
    WITH clock AS MATERIALIZED (
      SELECT sla.conversation_id, sla.status, sla.ended_by, sla.started_at
      FROM (SELECT c.id FROM ${activeSince(s)}) active
      JOIN ${s}.slas sla ON sla.conversation_id = active.id
      WHERE ${isInPeriod('sla.started_at')}
      ORDER BY sla.started_at DESC LIMIT ${mostCounted + 1}
    ), days AS (
      SELECT ${day('started_at')} AS day, count(*) FILTER (WHERE ${isMet}) AS met,
        count(*) FILTER (WHERE status = 'breached') AS breached
      FROM clock GROUP BY 1
    )
    SELECT count(*)::int AS counted,
      ${numberOf('conversation_id', isMet, 'started_at')} AS met,
      ${numberOf('conversation_id', "status = 'breached'", 'started_at')} AS breached,
      ${numberOf('conversation_id', "status = 'active'", 'started_at')} AS running,
      (SELECT coalesce(jsonb_agg(days), '[]') FROM days) AS days
    FROM clock`,
);

export interface DraftsRow {
  status: DraftStatus;
  number: ReportNumber;
}

export const selectDrafts = statement(
  'report.drafts',
  (s) => `
    WITH made AS MATERIALIZED (
      SELECT conversation_id, status, created_at FROM ${s}.drafts WHERE ${isInPeriod('created_at')}
      ORDER BY created_at DESC LIMIT ${mostCounted + 1}
    )
    SELECT status, ${numberOf('conversation_id', 'true', 'created_at')} AS number FROM made GROUP BY status`,
);

export interface EditedRow {
  proposed: string;
  sent: string;
}

export const selectEdited = statement(
  'report.edited',
  (s) => `
    SELECT left(proposed_content, 2000) AS proposed, left(content, 2000) AS sent FROM ${s}.drafts
    WHERE ${isInPeriod('created_at')} AND status = 'edited' AND proposed_content IS NOT NULL
    ORDER BY created_at DESC LIMIT ${mostMeasured}`,
);

export interface DeliveriesRow {
  topic: DeliveryTopic;
  outcome: DeliveryOutcomeName;
  number: ReportNumber;
}

/** Ids sort by time, so the primary key finds what was written since. */
export const selectDeliveries = statement(
  'report.deliveries',
  (s) => `
    WITH written AS MATERIALIZED (
      SELECT id, topic, conversation_id,
        CASE WHEN state = 'pending' AND attempts > 0 THEN 'retrying' ELSE state END AS outcome
      FROM ${s}.deliveries
      WHERE id >= (lpad(to_hex((extract(epoch FROM $1::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
        AND ${isInPeriod('created_at')}
      ORDER BY id DESC LIMIT ${mostDeliveries + 1}
    )
    SELECT topic, outcome, ${numberOf('conversation_id', 'true', 'id')} AS number
    FROM written GROUP BY topic, outcome ORDER BY topic, outcome`,
);
