import type { DeliveryTopic, DraftStatus } from '../contracts/domain.js';
import { declareStatement, type StatementPlaceholders } from '../db/statement.js';
import { firstResponseJoinsSql, slaOutcomeSql } from './measures.js';
import type { DeliveryOutcomeName, ReportNumber } from './report-types.js';

/** Maximum number of conversations, of SLA clocks and of drafts that a report counts; it counts the newest. */
export const maxCountedRows = 100_000;

/** Maximum number of deliveries that a report counts; it counts the newest. */
export const maxCountedDeliveries = 500_000;

/** The most conversations listed for one number of a report. */
const mostListed = 50;

/** How many of the newest edited drafts are measured for the edit distance. */
const mostMeasured = 200;

/** The period of a report: the parameters of all its statements. */
export interface ReportPeriod {
  since: Date;
  until: Date;
}

type Period = StatementPlaceholders<ReportPeriod>;

const isInPeriod = (p: Period, column: string) =>
  `${column} >= ${p.since}::timestamptz AND ${column} < ${p.until}::timestamptz`;

/**
 * SQL for conversations updated since the period began, by the index on `updated_at`. They include every conversation
 * that was opened in the period or whose clock started in it, so that these two times need no index.
 */
const activeSince = (s: string, p: Period) => `${s}.conversations c WHERE c.updated_at >= ${p.since}::timestamptz`;

/**
 * SQL for when a removed conversation last changed. What retention kept of it has no `changed_at` if it was removed
 * before migration 0023.
 */
const shapeChanged = 'coalesce(shape.changed_at, shape.removed_at)';
const removedSince = (s: string, p: Period) =>
  `${s}.conversation_shapes shape WHERE ${shapeChanged} >= ${p.since}::timestamptz`;

/** SQL for a {@link ReportNumber} of the rows that match `where`. Removed conversations are counted and not listed. */
const numberOf = (id: string, where: string, order: string) => `jsonb_build_object(
      'count', count(*) FILTER (WHERE ${where}),
      'conversationIds', coalesce(to_jsonb(
        (array_agg(${id} ORDER BY ${order} DESC) FILTER (WHERE (${where}) AND NOT removed))[1:${mostListed}]), '[]'))`;

export interface OpenedConversationsRow {
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

export const selectOpenedConversations = declareStatement<ReportPeriod, OpenedConversationsRow>(
  'report.opened',
  (s, p) => `
    WITH opened AS MATERIALIZED (
      SELECT * FROM (
        SELECT c.id, c.created_at, c.csat_rating, c.updated_at AS changed_at, NULL::timestamptz AS asked_at,
          NULL::timestamptz AS answered_at, false AS removed
        FROM ${activeSince(s, p)} AND ${isInPeriod(p, 'c.created_at')}
        UNION ALL
        SELECT shape.conversation_id, shape.opened_at, shape.csat_rating, ${shapeChanged}, shape.asked_at,
          shape.answered_at, true
        FROM ${removedSince(s, p)} AND ${isInPeriod(p, 'shape.opened_at')}
      ) found ORDER BY changed_at DESC LIMIT ${maxCountedRows + 1}
    ), measured AS MATERIALIZED (
      SELECT opened.id, opened.created_at, opened.csat_rating, opened.removed,
        coalesce(opened.asked_at, asked.at) AS asked_at, coalesce(opened.answered_at, answered.at) AS answered_at
      FROM opened ${firstResponseJoinsSql(s, 'opened.id')}
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

export interface SlaClocksRow {
  counted: number;
  met: ReportNumber;
  breached: ReportNumber;
  running: ReportNumber;
  days: { day: string; met: number; breached: number }[];
}

export const selectSlaClocks = declareStatement<ReportPeriod, SlaClocksRow>(
  'report.clocks',
  (s, p) => `
    WITH clock AS MATERIALIZED (
      SELECT * FROM (
        SELECT sla.conversation_id, ${slaOutcomeSql('sla')} AS outcome, sla.started_at, false AS removed
        FROM (SELECT c.id FROM ${activeSince(s, p)}) active
        JOIN ${s}.slas sla ON sla.conversation_id = active.id
        WHERE ${isInPeriod(p, 'sla.started_at')}
        UNION ALL
        SELECT shape.conversation_id, kept.outcome, kept.at, true
        FROM (SELECT * FROM ${removedSince(s, p)}) shape
        CROSS JOIN LATERAL jsonb_to_recordset(shape.clocks) AS kept (at timestamptz, outcome text)
        WHERE ${isInPeriod(p, 'kept.at')}
      ) found ORDER BY started_at DESC LIMIT ${maxCountedRows + 1}
    ), days AS (
      SELECT ${day('started_at')} AS day, count(*) FILTER (WHERE outcome = 'met') AS met,
        count(*) FILTER (WHERE outcome = 'breached') AS breached
      FROM clock GROUP BY 1
    )
    SELECT count(*)::int AS counted,
      ${numberOf('conversation_id', "outcome = 'met'", 'started_at')} AS met,
      ${numberOf('conversation_id', "outcome = 'breached'", 'started_at')} AS breached,
      ${numberOf('conversation_id', "outcome = 'running'", 'started_at')} AS running,
      (SELECT coalesce(jsonb_agg(days), '[]') FROM days) AS days
    FROM clock`,
);

export interface DraftCountRow {
  status: DraftStatus;
  number: ReportNumber;
}

export const selectDraftCounts = declareStatement<ReportPeriod, DraftCountRow>(
  'report.drafts',
  (s, p) => `
    WITH made AS MATERIALIZED (
      SELECT * FROM (
        SELECT conversation_id, status, created_at, false AS removed FROM ${s}.drafts WHERE ${isInPeriod(p, 'created_at')}
        UNION ALL
        SELECT shape.conversation_id, kept.status, kept.at, true
        FROM (SELECT * FROM ${removedSince(s, p)}) shape
        CROSS JOIN LATERAL jsonb_to_recordset(shape.drafts_made) AS kept (at timestamptz, status text)
        WHERE ${isInPeriod(p, 'kept.at')}
      ) found ORDER BY created_at DESC LIMIT ${maxCountedRows + 1}
    )
    SELECT status, ${numberOf('conversation_id', 'true', 'created_at')} AS number FROM made GROUP BY status`,
);

export interface EditedDraftRow {
  proposed: string;
  sent: string;
}

export const selectEditedDrafts = declareStatement<ReportPeriod, EditedDraftRow>(
  'report.edited',
  (s, p) => `
    SELECT left(proposed_content, 2000) AS proposed, left(content, 2000) AS sent FROM ${s}.drafts
    WHERE ${isInPeriod(p, 'created_at')} AND status = 'edited' AND proposed_content IS NOT NULL
    ORDER BY created_at DESC LIMIT ${mostMeasured}`,
);

export interface DeliveryCountRow {
  topic: DeliveryTopic;
  outcome: DeliveryOutcomeName;
  number: ReportNumber;
}

/** Counts deliveries by topic and outcome. Their ids sort by time, so the primary key finds those of the period. */
export const selectDeliveryCounts = declareStatement<ReportPeriod, DeliveryCountRow>(
  'report.deliveries',
  (s, p) => `
    WITH written AS MATERIALIZED (
      SELECT id, topic, conversation_id, false AS removed,
        CASE WHEN state = 'pending' AND attempts > 0 THEN 'retrying' ELSE state END AS outcome
      FROM ${s}.deliveries
      WHERE id >= (lpad(to_hex((extract(epoch FROM ${p.since}::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
        AND ${isInPeriod(p, 'created_at')}
      ORDER BY id DESC LIMIT ${maxCountedDeliveries + 1}
    )
    SELECT topic, outcome, ${numberOf('conversation_id', 'true', 'id')} AS number
    FROM written GROUP BY topic, outcome ORDER BY topic, outcome`,
);
