import { isAwake } from '../../conversations/wake.js';
import { decodeCursor, encodeCursor, isTime } from '../../db/cursor.js';
import { type Statement, statement } from '../../db/statement.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { QueueRow } from '../model.js';
import { pageSize, type QueueRecord, queueColumns, toQueueRow } from './rows.js';

/** One page of the queue. */
export interface QueuePage {
  rows: QueueRow[];
  nextCursor: string | null;
}

export type WalkedFilter = 'open' | 'needs-reply' | 'resolved';

/** In which part of the queue a line stands: late, with a running clock, or neither. */
const phases = { overdue: 0, running: 1, rest: 2 } as const;

/** Before every time and id, for the first page: a comparison with a parameter that may be null would use no index. */
const first = [String(phases.overdue), '-infinity', '00000000-0000-0000-0000-000000000000'];
const firstResolved = [String(phases.rest), 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/**
 * A page of a filter that may hold any number of conversations: those whose answer is late, then those whose clock runs,
 * both by their deadline, then the rest by newest activity. Each page costs the same, as its place is found by index.
 */
export async function queueByKeyset(runtime: Runtime, filter: WalkedFilter, cursor: string | null): Promise<QueuePage> {
  const [phase, key, id] = cursor ? placeOf(cursor) : filter === 'resolved' ? firstResolved : first;
  const rows = await runtime.db.run<QueueRecord & { phase: number; key: string }>(statements[filter], [phase, key, id]);
  const last = rows[pageSize - 1];
  return {
    rows: rows.slice(0, pageSize).map(toQueueRow),
    nextCursor: rows.length > pageSize && last ? encodeCursor([String(last.phase), last.key, last.id]) : null,
  };
}

function placeOf(cursor: string): string[] {
  const place = decodeCursor(cursor, 3);
  const [phase, key = '', id] = place;
  const isPhase = Object.values(phases).some((known) => String(known) === phase);
  if (!isPhase || !isTime(key) || !isId(id)) throw new CairnloopError('CURSOR_INVALID', { found: cursor });
  return place;
}

const resolved = `c.status = 'resolved'`;
const open = `c.status = 'open'`;
/** Open and not snoozed: snoozed ones are in none of the walked filters. */
const awake = (s: string) => `${open} AND ${isAwake(s)}`;
const unanswered = (s: string) => `${awake(s)} AND c.unanswered_since IS NOT NULL`;
/** Waits for an answer that is late, as the index `conversations_overdue` has it. */
export const overdue = `${open} AND c.overdue_since > c.unanswered_since`;

const statements: Record<WalkedFilter, Statement> = {
  open: statement('workspace.queue.open', (s) => urgentFirst(s, awake(s))),
  'needs-reply': statement('workspace.queue.needs_reply', (s) => urgentFirst(s, unanswered(s))),
  resolved: statement('workspace.queue.resolved', (s) =>
    pageOf(s, { rest: byActivity(s, `${resolved} AND (c.updated_at, c.id) < (${from(phases.rest)})`) }),
  ),
};

/** Where a phase goes on: after $2 and $3 in the phase $1, at its beginning in a later one. */
const from = (phase: number) => {
  const [, key, id] = phase === phases.rest ? firstResolved : first;
  return `CASE WHEN $1::int = ${phase} THEN $2::timestamptz ELSE '${key}' END,
    CASE WHEN $1 = ${phase} THEN $3::uuid ELSE '${id}' END`;
};

const byActivity = (s: string, where: string) => `
  SELECT c.id, c.updated_at AS key FROM ${s}.conversations c WHERE ${where}
  ORDER BY c.updated_at DESC, c.id DESC LIMIT ${pageSize + 1}`;

/**
 * A phase is looked at when those before it do not fill the page. That a conversation is in none of them is a look-up
 * for each line, by the offset: a join would be planned over all of them.
 */
const urgentFirst = (s: string, where: string) =>
  pageOf(s, {
    overdue: `
      SELECT c.id, c.overdue_since AS key FROM ${s}.conversations c
      WHERE $1::int = ${phases.overdue} AND ${overdue} AND ${isAwake(s)} AND (c.overdue_since, c.id) > (${from(phases.overdue)})
      ORDER BY c.overdue_since, c.id LIMIT ${pageSize + 1}`,
    running: `
      SELECT l.conversation_id AS id, l.breach_at AS key
      FROM ${s}.slas l JOIN ${s}.conversations c ON c.id = l.conversation_id
      WHERE $1 <= ${phases.running} AND (SELECT count(*) FROM overdue) <= ${pageSize}
        AND l.status = 'active' AND ${where} AND (${overdue}) IS NOT TRUE
        AND (l.breach_at, l.conversation_id) > (${from(phases.running)})
      ORDER BY l.breach_at, l.conversation_id LIMIT ${pageSize + 1}`,
    rest: byActivity(
      s,
      `(SELECT count(*) FROM overdue) + (SELECT count(*) FROM running) <= ${pageSize}
        AND ${where} AND (${overdue}) IS NOT TRUE
        AND NOT EXISTS (SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id AND l.status = 'active' OFFSET 0)
        AND (c.updated_at, c.id) < (${from(phases.rest)})`,
    ),
  });

/** The lines of the first page that the phases hold together. */
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
      ORDER BY place LIMIT ${pageSize + 1}
    )
    ${queueColumns(s)}`;
};
