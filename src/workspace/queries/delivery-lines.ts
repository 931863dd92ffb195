import { deliveryTopics } from '../../contracts/domain.js';
import { decodeOffsetCursor, encodeCursor } from '../../db/cursor.js';
import { type Statement, statement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import { isHeldBack } from '../../deliveries/ordered-topics.js';
import { isFree } from '../../deliveries/sql-conditions.js';
import { findWorkerBeats, isAlive } from '../../deliveries/worker-health.js';
import type { Runtime } from '../../runtime.js';
import type { DeliveryLine, WorkerHealth } from '../model.js';
import { capped, countCap } from './queue.js';

export const deliveryTabs = ['pending', 'retrying', 'discarded'] as const;
export type DeliveryTab = (typeof deliveryTabs)[number];

export interface DeliveryPage {
  lines: DeliveryLine[];
  nextCursor: string | null;
}

const pageSize = 50;
/** Beyond it a page only says that there are more; what is ahead of them is dealt with first. */
const maxShown = 1000;

/** Calls that are owed or given up: those due first, or the newest given up. One statement. Throws `CURSOR_INVALID`. */
export async function findDeliveries(runtime: Runtime, tab: DeliveryTab, cursor: string | null): Promise<DeliveryPage> {
  const offset = Math.min(maxShown, cursor ? decodeOffsetCursor(cursor) : 0);
  const rows = await runtime.db.run<DeliveryLineRow>(statements[tab], [topics, offset]);
  return {
    lines: rows.slice(0, pageSize).map(toLine),
    nextCursor: rows.length > pageSize ? encodeCursor([String(offset + pageSize)]) : null,
  };
}

/** Whether workers are alive, and how far behind they are. */
export async function findWorkerHealth({ db }: Pick<Runtime, 'db'>): Promise<WorkerHealth> {
  const [[row], beats] = await Promise.all([db.run<HealthRow>(selectHealth, [topics]), findWorkerBeats(db)]);
  if (!row) throw new Error('SELECT answered no row');
  const [last] = beats;
  return {
    now: row.now,
    lastBeatAt: last ? new Date(row.now.getTime() - last.ageMs) : null,
    workers: beats.filter(isAlive).length,
    oldestDueAt: row.oldest_due_at,
    pending: capped(row.pending),
    retrying: capped(row.retrying),
    discarded: capped(row.discarded),
  };
}

const topics = [...deliveryTopics];

interface DeliveryLineRow {
  id: string;
  topic: DeliveryLine['topic'];
  conversation_id: string;
  subject: string | null;
  state: DeliveryLine['state'];
  attempts: number;
  available_at: Timestamp;
  last_error: string | null;
  leased: boolean;
  created_at: Timestamp;
  settled_at: Timestamp | null;
}

function toLine(row: DeliveryLineRow): DeliveryLine {
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

/** A countdown that has not run out is not owed to anybody yet. */
const owed = (s: string) => `
  d.state = 'pending' AND d.available_at <= CASE topic.name WHEN 'sla_breach' THEN ${s}.clock() ELSE 'infinity' END`;

/** It is due and nobody calls it yet. */
const waits = (s: string) => `d.state = 'pending' AND d.available_at <= ${s}.clock() AND ${isFree(s)}
  AND NOT ${isHeldBack(s, 'd')}`;

const duePerTopic = (s: string, where: string, limit: number) => `
  SELECT due.* FROM unnest($1::text[]) AS topic (name) CROSS JOIN LATERAL (
    SELECT d.* FROM ${s}.deliveries d WHERE d.topic = topic.name AND ${where}
    ORDER BY d.available_at, d.id LIMIT ${limit}
  ) due`;

const newestDiscarded = (s: string, limit: number) => `
  SELECT gone.* FROM unnest($1::text[]) AS topic (name) CROSS JOIN LATERAL (
    SELECT d.* FROM ${s}.deliveries d WHERE d.topic = topic.name AND d.state = 'discarded'
    ORDER BY d.id DESC LIMIT ${limit}
  ) gone`;

const retrying = (s: string) => `
  SELECT waiting.* FROM (${duePerTopic(s, owed(s), maxShown)}) waiting WHERE waiting.attempts > 0`;

/** $1 topics, $2 offset. */
const page = (s: string, rows: string, order: string) => `
  SELECT d.id, d.topic, d.conversation_id, d.state, d.attempts, d.available_at, left(d.last_error, 500) AS last_error,
    coalesce(d.lease_until > ${s}.clock(), false) AS leased, d.created_at, d.settled_at, left(c.subject, 300) AS subject
  FROM (SELECT * FROM (${rows}) rows ORDER BY ${order} OFFSET $2 LIMIT ${pageSize + 1}) d
  LEFT JOIN ${s}.conversations c ON c.id = d.conversation_id
  ORDER BY ${order.replace(/\b(available_at|id)\b/g, 'd.$1')}`;

const statements: Record<DeliveryTab, Statement> = {
  pending: statement('workspace.deliveries.pending', (s) =>
    page(s, duePerTopic(s, owed(s), maxShown + pageSize), 'available_at, id'),
  ),
  retrying: statement('workspace.deliveries.retrying', (s) => page(s, retrying(s), 'available_at, id')),
  discarded: statement('workspace.deliveries.discarded', (s) =>
    page(s, newestDiscarded(s, maxShown + pageSize), 'id DESC'),
  ),
};

const selectHealth = statement(
  'workspace.deliveries.health',
  (s) => `
    SELECT ${s}.clock() AS now,
      (SELECT min(head.available_at) FROM (${duePerTopic(s, waits(s), 1)}) head) AS oldest_due_at,
      (SELECT count(*)::int FROM (SELECT FROM (${duePerTopic(s, owed(s), countCap)}) rows LIMIT ${countCap}) few) AS pending,
      (SELECT count(*)::int FROM (SELECT FROM (${retrying(s)}) rows LIMIT ${countCap}) few) AS retrying,
      (SELECT count(*)::int FROM (SELECT FROM (${newestDiscarded(s, countCap)}) rows LIMIT ${countCap}) few) AS discarded`,
);
