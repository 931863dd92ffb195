import { decodeIdCursor, encodeCursor } from '../../db/cursor.js';
import { type Statement, statement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { AuditLine } from '../model.js';

export interface AuditFilter {
  conversation: string | null;
  action: string | null;
  actor: string | null;
  cursor: string | null;
}

export interface AuditPage {
  lines: AuditLine[];
  nextCursor: string | null;
  /** The record was looked through as far as one page may, and goes on. */
  partial: boolean;
}

const pageSize = 50;
/** How many lines one page looks through for those that were asked for. */
const window = 5000;

/** The record, newest first. Filters look through a bounded part of it at a time. Throws `CURSOR_INVALID`. */
export async function findAuditLines(runtime: Runtime, filter: AuditFilter): Promise<AuditPage> {
  const before = filter.cursor ? decodeIdCursor(filter.cursor) : newest;
  const values = [filter.action, filter.actor, before];
  const conversation = isId(filter.conversation) ? filter.conversation : null;
  const rows = conversation
    ? await runtime.db.run<AuditLineRow>(selectOfConversation, [...values, conversation])
    : await runtime.db.run<AuditLineRow>(selectAll, values);
  return toPage(rows);
}

const newest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The window's end comes as a row of its own, without a line in it. */
interface AuditLineRow {
  id: string | null;
  at: Timestamp;
  actor: AuditLine['actor'];
  action: string;
  conversation_id: string | null;
  subject: string | null;
  detail: Record<string, unknown>;
  window_end: string | null;
}

function toPage(rows: AuditLineRow[]): AuditPage {
  const found = rows.filter((row) => row.id !== null);
  const lines = found.slice(0, pageSize).map(toLine);
  if (found.length > pageSize) {
    return { lines, nextCursor: encodeCursor([lines[pageSize - 1]?.id ?? '']), partial: false };
  }
  const end = rows[0]?.window_end ?? null;
  return { lines, nextCursor: end && encodeCursor([end]), partial: end !== null };
}

function toLine(row: AuditLineRow): AuditLine {
  return {
    id: row.id ?? '',
    at: toDate(row.at),
    actor: row.actor,
    action: row.action,
    conversationId: row.conversation_id,
    subject: row.subject,
    detail: row.detail,
  };
}

/** $1 action, $2 actor id, $3 the id to go on before. */
const select = (s: string, where: string): string => `
  WITH seen AS MATERIALIZED (
    SELECT * FROM ${s}.audit_events WHERE id < $3::uuid ${where} ORDER BY id DESC LIMIT ${window}
  ), chosen AS (
    SELECT * FROM seen
    WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR actor ->> 'id' = $2)
    ORDER BY id DESC LIMIT ${pageSize + 1}
  ), window_end AS (
    SELECT min(id::text)::uuid AS id FROM seen HAVING count(*) = ${window}
  )
  SELECT chosen.id, chosen.at, chosen.actor, chosen.action, chosen.conversation_id, chosen.detail,
    left(c.subject, 300) AS subject, (SELECT id FROM window_end) AS window_end
  FROM (SELECT) one LEFT JOIN chosen ON true LEFT JOIN ${s}.conversations c ON c.id = chosen.conversation_id
  ORDER BY chosen.id DESC`;

const selectAll: Statement = statement('workspace.audit', (s) => select(s, ''));

const selectOfConversation: Statement = statement('workspace.audit.conversation', (s) =>
  select(s, 'AND conversation_id = $4::uuid'),
);
