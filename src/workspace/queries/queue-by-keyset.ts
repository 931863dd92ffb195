import { isNotSnoozedSql } from '../../conversations/wake.js';
import { decodeCursor, encodeCursor, isTimestampText } from '../../db/cursor.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../../db/statement.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { QueueRow } from '../model.js';
import { type QueueDatabaseRow, queuePageSize, selectQueueColumns, toQueueRow } from './rows.js';

/** One page of the queue. */
export interface QueuePage {
  rows: QueueRow[];
  nextCursor: string | null;
}

/** SQL for when the customer or the team last wrote; the same expression as in the indexes of the queue. */
export const lastMessageAtSql = 'coalesce(c.last_message_at, c.created_at)';

export type KeysetQueueFilter = 'open' | 'needs-reply' | 'resolved';

/**
 * The phases of the queue's order: conversations with an overdue answer, then with a running SLA clock, then the rest.
 */
const phases = { overdue: 0, running: 1, rest: 2 } as const;

/** The cursor of the first page. A nullable parameter instead would keep the planner from using an index. */
const first: Place = { phase: String(phases.overdue), key: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
const firstResolved: Place = {
  phase: String(phases.rest),
  key: 'infinity',
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
};

/**
 * Reads a page of a queue filter of any size: overdue answers, then running SLA clocks, both by deadline, then the rest
 * by newest message. Keyset pagination makes every page cost the same.
 */
export async function findQueuePageByKeyset(
  runtime: Runtime,
  filter: KeysetQueueFilter,
  cursor: string | null,
): Promise<QueuePage> {
  const place = cursor ? placeOf(cursor) : filter === 'resolved' ? firstResolved : first;
  const rows = await runtime.db.run(statements[filter], place);
  const last = rows[queuePageSize - 1];
  return {
    rows: rows.slice(0, queuePageSize).map(toQueueRow),
    nextCursor: rows.length > queuePageSize && last ? encodeCursor([String(last.phase), last.key, last.id]) : null,
  };
}

/** A cursor of the queue: phase, sort key and id of the last conversation on the previous page. */
interface Place {
  phase: string;
  key: string;
  id: string;
}

function placeOf(cursor: string): Place {
  const [phase = '', key = '', id = ''] = decodeCursor(cursor, 3);
  const isPhase = Object.values(phases).some((known) => String(known) === phase);
  if (!isPhase || !isTimestampText(key) || !isId(id)) throw new CairnloopError('CURSOR_INVALID', { found: cursor });
  return { phase, key, id };
}

const resolved = `c.status = 'resolved'`;
const open = `c.status = 'open'`;
/** SQL condition for open conversations that are not snoozed. */
const awake = (s: string) => `${open} AND ${isNotSnoozedSql(s)}`;
const unanswered = (s: string) => `${awake(s)} AND c.unanswered_since IS NOT NULL`;
/** SQL condition for an overdue answer; the same as in the index `conversations_overdue`. */
export const isOverdueSql = `${open} AND c.overdue_since > c.unanswered_since`;

const statements: Record<KeysetQueueFilter, Statement<Place, QueueDatabaseRow & { phase: number; key: string }>> = {
  open: declareStatement('workspace.queue.open', (s, p) => urgentFirst(s, p, awake(s))),
  'needs-reply': declareStatement('workspace.queue.needs_reply', (s, p) => urgentFirst(s, p, unanswered(s))),
  resolved: declareStatement('workspace.queue.resolved', (s, p) =>
    pageOf(s, { rest: byMessage(s, `${resolved} AND (${lastMessageAtSql}, c.id) < (${from(p, phases.rest)})`) }),
  ),
};

/** SQL for where to continue within a phase of the queue: at the cursor if it lies in that phase, else at its start. */
const from = (p: StatementPlaceholders<Place>, phase: number) => {
  const { key, id } = phase === phases.rest ? firstResolved : first;
  return `CASE WHEN ${p.phase}::int = ${phase} THEN ${p.key}::timestamptz ELSE '${key}' END,
    CASE WHEN ${p.phase} = ${phase} THEN ${p.id}::uuid ELSE '${id}' END`;
};

const byMessage = (s: string, where: string) => `
  SELECT c.id, ${lastMessageAtSql} AS key FROM ${s}.conversations c WHERE ${where}
  ORDER BY ${lastMessageAtSql} DESC, c.id DESC LIMIT ${queuePageSize + 1}`;

/**
 * SQL for a page with the most urgent conversations first: overdue answers, running SLA clocks, then all others, each
 * kind read only if the page is not full yet. `OFFSET 0` keeps the anti-join a lookup for each row: the planner would
 * otherwise join all SLA clocks.
 */
const urgentFirst = (s: string, p: StatementPlaceholders<Place>, where: string) =>
  pageOf(s, {
    overdue: `
      SELECT c.id, c.overdue_since AS key FROM ${s}.conversations c
      WHERE ${p.phase}::int = ${phases.overdue} AND ${isOverdueSql} AND ${isNotSnoozedSql(s)}
        AND (c.overdue_since, c.id) > (${from(p, phases.overdue)})
      ORDER BY c.overdue_since, c.id LIMIT ${queuePageSize + 1}`,
    running: `
      SELECT l.conversation_id AS id, l.breach_at AS key
      FROM ${s}.slas l JOIN ${s}.conversations c ON c.id = l.conversation_id
      WHERE ${p.phase} <= ${phases.running} AND (SELECT count(*) FROM overdue) <= ${queuePageSize}
        AND l.status = 'active' AND ${where} AND (${isOverdueSql}) IS NOT TRUE
        AND (l.breach_at, l.conversation_id) > (${from(p, phases.running)})
      ORDER BY l.breach_at, l.conversation_id LIMIT ${queuePageSize + 1}`,
    rest: byMessage(
      s,
      `(SELECT count(*) FROM overdue) + (SELECT count(*) FROM running) <= ${queuePageSize}
        AND ${where} AND (${isOverdueSql}) IS NOT TRUE
        AND NOT EXISTS (SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id AND l.status = 'active' OFFSET 0)
        AND (${lastMessageAtSql}, c.id) < (${from(p, phases.rest)})`,
    ),
  });

/** SQL for one page of the queue, from the SQL of its phases: overdue answers, running SLA clocks, all others. */
const pageOf = (s: string, found: Partial<Record<keyof typeof phases, string>>) => {
  const names = Object.keys(found) as (keyof typeof phases)[];
  const parts = names.map((name) => `${name} AS (${found[name]})`);
  const all = names.map((name) => `SELECT *, ${phases[name]} AS phase FROM ${name}`);
  const rising = `phase < ${phases.rest}`;
  return `
    WITH ${parts.join(', ')}, page AS (
      SELECT id, phase, to_char(key AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS key,
        row_number() OVER (ORDER BY phase, CASE WHEN ${rising} THEN key END, CASE WHEN ${rising} THEN id END,
          key DESC, id DESC) AS place
      FROM (${all.join(' UNION ALL ')}) found
      ORDER BY place LIMIT ${queuePageSize + 1}
    )
    ${selectQueueColumns(s)}`;
};
