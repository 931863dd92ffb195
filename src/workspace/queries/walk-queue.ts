import { decodeCursor, encodeCursor } from '../../db/cursor.js';
import { type Statement, statement } from '../../db/statement.js';
import { CairnloopError } from '../../errors.js';
import { isId } from '../../input.js';
import type { Runtime } from '../../runtime.js';
import type { QueueRow } from '../model.js';
import { pageSize, type QueueRowRow, queueColumns, toQueueRow } from './rows.js';

/** One page of the queue. */
export interface QueuePage {
  rows: QueueRow[];
  nextCursor: string | null;
}

export type WalkedFilter = 'open' | 'needs-reply' | 'resolved';

/** Beyond every time and id, for the first page: a comparison with a parameter that may be null would use no index. */
const firstUrgent = ['0', '-infinity', '00000000-0000-0000-0000-000000000000'];
const firstResolved = ['1', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/**
 * A page of a filter that may hold any number of conversations: those whose clock runs by its deadline, then the rest
 * by newest activity. Each page costs the same, as its place is found by index.
 */
export async function walkQueue(runtime: Runtime, filter: WalkedFilter, cursor: string | null): Promise<QueuePage> {
  const first = filter === 'resolved' ? firstResolved : firstUrgent;
  const [phase, key, id] = cursor ? placeOf(cursor) : first;
  const rows = await runtime.db.run<QueueRowRow & { phase: number; key: string }>(statements[filter], [
    Number(phase) ? 1 : 0,
    key,
    id,
  ]);
  const last = rows[pageSize - 1];
  return {
    rows: rows.slice(0, pageSize).map(toQueueRow),
    nextCursor: rows.length > pageSize && last ? encodeCursor([String(last.phase), last.key, last.id]) : null,
  };
}

function placeOf(cursor: string): string[] {
  const place = decodeCursor(cursor, 3);
  if (Number.isNaN(Date.parse(place[1] ?? '')) || !isId(place[2]))
    throw new CairnloopError('CURSOR_INVALID', { found: cursor });
  return place;
}

const open = `c.status = 'open'`;
const unanswered = `c.status = 'open' AND c.unanswered_since IS NOT NULL`;
const resolved = `c.status = 'resolved'`;

const statements: Record<WalkedFilter, Statement> = {
  open: statement('workspace.queue.open', (s) => walk(s, open, clockFirst)),
  'needs-reply': statement('workspace.queue.needs_reply', (s) => walk(s, unanswered, clockFirst)),
  resolved: statement('workspace.queue.resolved', (s) => walk(s, resolved, () => 'true')),
};

/**
 * Not among those whose clock runs, which come before. The offset keeps it a look-up for each line of the page, where a
 * join would be planned over all of them.
 */
const clockFirst = (s: string) => `
  NOT EXISTS (SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id AND l.status = 'active' OFFSET 0)`;

/** $1 phase (0 with a running clock, 1 without), $2 and $3 the key and id to go on after. */
const walk = (s: string, where: string, rest: (s: string) => string) => `
  WITH urgent AS (
    SELECT l.conversation_id AS id, l.breach_at AS key
    FROM ${s}.slas l JOIN ${s}.conversations c ON c.id = l.conversation_id
    WHERE $1::int = 0 AND l.status = 'active' AND ${where}
      AND (l.breach_at, l.conversation_id) > ($2::timestamptz, $3::uuid)
    ORDER BY l.breach_at, l.conversation_id LIMIT ${pageSize + 1}
  ), rest AS (
    SELECT c.id, c.updated_at AS key
    FROM ${s}.conversations c
    WHERE (SELECT count(*) FROM urgent) <= ${pageSize} AND ${where} AND ${rest(s)}
      AND (c.updated_at, c.id) < (
        CASE WHEN $1 = 1 THEN $2::timestamptz ELSE 'infinity' END,
        CASE WHEN $1 = 1 THEN $3::uuid ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff' END)
    ORDER BY c.updated_at DESC, c.id DESC LIMIT ${pageSize + 1}
  ), page AS (
    SELECT id, phase, to_char(key AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS key,
      row_number() OVER (ORDER BY phase, CASE phase WHEN 0 THEN key END, CASE phase WHEN 1 THEN key END DESC,
        CASE phase WHEN 0 THEN id END, CASE phase WHEN 1 THEN id END DESC) AS place
    FROM (SELECT *, 0 AS phase FROM urgent UNION ALL SELECT *, 1 FROM rest) found
    ORDER BY place LIMIT ${pageSize + 1}
  )
  ${queueColumns(s)}`;
