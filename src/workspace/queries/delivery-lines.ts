import { type DeliveryTopic, deliveryTopics } from '../../contracts/domain.js';
import { decodeOffsetCursor, encodeCursor } from '../../db/cursor.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import { waitsForEarlierDeliverySql } from '../../deliveries/ordered-topics.js';
import { isUnclaimedSql } from '../../deliveries/sql-conditions.js';
import { findWorkerHeartbeats, isWorkerAlive } from '../../deliveries/worker-health.js';
import type { Runtime } from '../../runtime.js';
import type { DeliverySummary, WorkerHealth } from '../model.js';
import { queueCountCap, toCappedCount } from './queue.js';

export const deliveryTabs = ['pending', 'retrying', 'discarded'] as const;
export type DeliveryTab = (typeof deliveryTabs)[number];

export interface DeliveryPage {
  lines: DeliverySummary[];
  nextCursor: string | null;
}

const pageSize = 50;
/** The highest offset of a page; beyond it the list only says that there are more deliveries. */
const maxShown = 1000;

/**
 * Reads a page of the deliveries on a tab: pending ones, the next due first, or discarded ones, newest first. Throws
 * `CURSOR_INVALID`.
 */
export async function findDeliveryPage(
  runtime: Runtime,
  tab: DeliveryTab,
  cursor: string | null,
): Promise<DeliveryPage> {
  const offset = Math.min(maxShown, cursor ? decodeOffsetCursor(cursor) : 0);
  const rows = await runtime.db.run(statements[tab], { topics, offset });
  return {
    lines: rows.slice(0, pageSize).map(toLine),
    nextCursor: rows.length > pageSize ? encodeCursor([String(offset + pageSize)]) : null,
  };
}

/** Reads whether workers are alive, and since when the oldest overdue delivery is due. */
export async function findWorkerHealth({ db }: Pick<Runtime, 'db'>): Promise<WorkerHealth> {
  const [[row], beats] = await Promise.all([db.run(selectHealth, { topics }), findWorkerHeartbeats(db)]);
  if (!row) throw new Error('SELECT returned no row');
  const [last] = beats;
  return {
    now: row.now,
    lastBeatAt: last ? new Date(row.now.getTime() - last.ageMs) : null,
    workers: beats.filter(isWorkerAlive).length,
    oldestDueAt: row.oldest_due_at,
    pending: toCappedCount(row.pending),
    retrying: toCappedCount(row.retrying),
    discarded: toCappedCount(row.discarded),
  };
}

const topics = deliveryTopics;

interface DeliveryLineRow {
  id: string;
  topic: DeliverySummary['topic'];
  conversation_id: string;
  subject: string | null;
  state: DeliverySummary['state'];
  attempts: number;
  available_at: Timestamp;
  last_error: string | null;
  leased: boolean;
  created_at: Timestamp;
  settled_at: Timestamp | null;
}

function toLine(row: DeliveryLineRow): DeliverySummary {
  return {
    id: row.id,
    topic: row.topic,
    conversationId: row.conversation_id,
    subject: row.subject,
    state: row.state,
    attempts: row.attempts,
    availableAt: toDate(row.available_at),
    lastError: row.last_error,
    leased: row.leased,
    createdAt: toDate(row.created_at),
    settledAt: toDate(row.settled_at),
  };
}

interface HealthRow {
  now: Date;
  oldest_due_at: Date | null;
  pending: number;
  retrying: number;
  discarded: number;
}

interface Topics {
  topics: readonly DeliveryTopic[];
}

interface PageParams extends Topics {
  offset: number;
}

/** SQL condition for pending deliveries, except SLA breaches that are not due yet. */
const owedDeliveries = (s: string) => `
  d.state = 'pending' AND d.available_at <= CASE topic.name WHEN 'sla_breach' THEN ${s}.clock() ELSE 'infinity' END`;

/** SQL condition for deliveries that are due, not leased, and not held back by an earlier reply. */
const waits = (s: string) => `d.state = 'pending' AND d.available_at <= ${s}.clock() AND ${isUnclaimedSql(s)}
  AND NOT ${waitsForEarlierDeliverySql(s, 'd')}`;

const duePerTopic = (s: string, { topics }: StatementPlaceholders<Topics>, where: string, limit: number) => `
  SELECT due.* FROM unnest(${topics}::text[]) AS topic (name) CROSS JOIN LATERAL (
    SELECT d.* FROM ${s}.deliveries d WHERE d.topic = topic.name AND ${where}
    ORDER BY d.available_at, d.id LIMIT ${limit}
  ) due`;

const newestDiscarded = (s: string, { topics }: StatementPlaceholders<Topics>, limit: number) => `
  SELECT gone.* FROM unnest(${topics}::text[]) AS topic (name) CROSS JOIN LATERAL (
    SELECT d.* FROM ${s}.deliveries d WHERE d.topic = topic.name AND d.state = 'discarded'
    ORDER BY d.id DESC LIMIT ${limit}
  ) gone`;

const retrying = (s: string, p: StatementPlaceholders<Topics>) => `
  SELECT waiting.* FROM (${duePerTopic(s, p, owedDeliveries(s), maxShown)}) waiting WHERE waiting.attempts > 0`;

const page = (s: string, { offset }: StatementPlaceholders<PageParams>, rows: string, order: string) => `
  SELECT d.id, d.topic, d.conversation_id, d.state, d.attempts, d.available_at, left(d.last_error, 500) AS last_error,
    coalesce(d.lease_until > ${s}.clock(), false) AS leased, d.created_at, d.settled_at, left(c.subject, 300) AS subject
  FROM (SELECT * FROM (${rows}) rows ORDER BY ${order} OFFSET ${offset} LIMIT ${pageSize + 1}) d
  LEFT JOIN ${s}.conversations c ON c.id = d.conversation_id
  ORDER BY ${order.replace(/\b(available_at|id)\b/g, 'd.$1')}`;

const statements: Record<DeliveryTab, Statement<PageParams, DeliveryLineRow>> = {
  pending: declareStatement('workspace.deliveries.pending', (s, p) =>
    page(s, p, duePerTopic(s, p, owedDeliveries(s), maxShown + pageSize), 'available_at, id'),
  ),
  retrying: declareStatement('workspace.deliveries.retrying', (s, p) => page(s, p, retrying(s, p), 'available_at, id')),
  discarded: declareStatement('workspace.deliveries.discarded', (s, p) =>
    page(s, p, newestDiscarded(s, p, maxShown + pageSize), 'id DESC'),
  ),
};

const selectHealth = declareStatement<Topics, HealthRow>(
  'workspace.deliveries.health',
  (s, p) => `
    SELECT ${s}.clock() AS now,
      (SELECT min(head.available_at) FROM (${duePerTopic(s, p, waits(s), 1)}) head) AS oldest_due_at,
      (SELECT count(*)::int FROM (SELECT FROM (${duePerTopic(s, p, owedDeliveries(s), queueCountCap)}) rows LIMIT ${queueCountCap}) few) AS pending,
      (SELECT count(*)::int FROM (SELECT FROM (${retrying(s, p)}) rows LIMIT ${queueCountCap}) few) AS retrying,
      (SELECT count(*)::int FROM (SELECT FROM (${newestDiscarded(s, p, queueCountCap)}) rows LIMIT ${queueCountCap}) few) AS discarded`,
);
