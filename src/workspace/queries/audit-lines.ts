import { decodeIdCursor, encodeCursor } from '../../db/cursor.js';
import { declareStatement, type StatementPlaceholders } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { AuditLine } from '../model.js';
import { addCustomerNameToActor, customerLabelSql } from './rows.js';

export interface AuditFilter {
  conversation: string | null;
  action: string | null;
  actor: string | null;
  cursor: string | null;
}

export interface AuditPage {
  lines: AuditLine[];
  nextCursor: string | null;
  /** Whether the search for this page ended at its scan limit, with older lines left to search. */
  partial: boolean;
}

const pageSize = 50;
/** How many audit lines one page scans for matches. */
const window = 5000;

/**
 * Finds the audit lines that match a filter, newest first. Each page scans a bounded number of lines. Throws
 * `CURSOR_INVALID`.
 */
export async function findAuditLines(runtime: Runtime, filter: AuditFilter): Promise<AuditPage> {
  const before = filter.cursor ? decodeIdCursor(filter.cursor) : newest;
  const wanted = { action: filter.action, actor: filter.actor, before };
  const conversationId = isId(filter.conversation) ? filter.conversation : null;
  const rows = conversationId
    ? await runtime.db.run(selectOfConversation, { ...wanted, conversationId })
    : await runtime.db.run(selectAll, wanted);
  return toPage(rows);
}

const newest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** An audit line with the id at which the scan ended. A scan without matches returns one row with only that id. */
interface AuditLineRow {
  id: string | null;
  at: Timestamp;
  actor: AuditLine['actor'];
  action: string;
  conversation_id: string | null;
  subject: string | null;
  actor_id: string | null;
  customer: string | null;
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
    actor: addCustomerNameToActor(row.actor, row.actor_id, row.customer),
    action: row.action,
    conversationId: row.conversation_id,
    subject: row.subject,
    detail: row.detail,
  };
}

interface LineParams {
  action: string | null;
  /** Id of the actor; null for any actor. */
  actor: string | null;
  /** Only audit lines older than the one with this id. */
  before: string;
}

const select = (s: string, p: StatementPlaceholders<LineParams>, where: string): string => `
  WITH seen AS MATERIALIZED (
    SELECT * FROM ${s}.audit_events WHERE id < ${p.before}::uuid ${where} ORDER BY id DESC LIMIT ${window}
  ), chosen AS (
    SELECT * FROM seen
    WHERE (${p.action}::text IS NULL OR action = ${p.action})
      AND (${p.actor}::text IS NULL OR actor ->> 'id' = ${p.actor})
    ORDER BY id DESC LIMIT ${pageSize + 1}
  ), window_end AS (
    SELECT min(id::text)::uuid AS id FROM seen HAVING count(*) = ${window}
  )
  SELECT chosen.id, chosen.at, chosen.actor, chosen.action, chosen.conversation_id, chosen.detail,
    left(c.subject, 300) AS subject, c.actor_id, ${customerLabelSql} AS customer, (SELECT id FROM window_end) AS window_end
  FROM (SELECT) one LEFT JOIN chosen ON true LEFT JOIN ${s}.conversations c ON c.id = chosen.conversation_id
  ORDER BY chosen.id DESC`;

const selectAll = declareStatement<LineParams, AuditLineRow>('workspace.audit', (s, p) => select(s, p, ''));

const selectOfConversation = declareStatement<LineParams & { conversationId: string }, AuditLineRow>(
  'workspace.audit.conversation',
  (s, p) => select(s, p, `AND conversation_id = ${p.conversationId}::uuid`),
);
