import { type Timestamp, toDate } from '../../db/timestamp.js';
import type { Clock, QueueRow } from '../model.js';

/** The columns of a clock that pages show, as `to_jsonb` answers them. */
export interface ClockRow {
  priority: string;
  status: Clock['status'];
  started_at: Timestamp;
  response_due_at: Timestamp;
  breach_at: Timestamp;
  paused_at: Timestamp | null;
  completed_at: Timestamp | null;
}

export function toClock(row: ClockRow | null): Clock | null {
  if (!row) return null;
  return {
    priority: row.priority,
    status: row.status,
    startedAt: toDate(row.started_at),
    responseDueAt: toDate(row.response_due_at),
    breachAt: toDate(row.breach_at),
    pausedAt: toDate(row.paused_at),
    completedAt: toDate(row.completed_at),
  };
}

export interface QueueRecord {
  id: string;
  customer: string | null;
  subject: string | null;
  status: QueueRow['status'];
  priority: string;
  message_at: Timestamp;
  preview_role: NonNullable<QueueRow['preview']>['role'] | null;
  preview: string | null;
  unanswered: boolean;
  waiting_draft: boolean;
  clock: ClockRow | null;
}

export function toQueueRow(row: QueueRecord): QueueRow {
  return {
    id: row.id,
    customer: row.customer,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    lastMessageAt: toDate(row.message_at),
    preview: row.preview_role && { role: row.preview_role, text: row.preview ?? '' },
    unanswered: row.unanswered,
    waitingDraft: row.waiting_draft,
    clock: toClock(row.clock),
  };
}

/** The customer's name where the host gave one, else the actor id. */
export const customerColumn = `coalesce(nullif(left(c.metadata ->> 'customerName', 200), ''), c.actor_id)`;

/** Lines of a page. In the statements it is a constant: with a parameter they would be planned for any number. */
export const pageSize = 50;

/** Everything a queue line shows, for the conversations of a CTE `page (id, place)`. */
export const queueColumns = (s: string) => `
  SELECT c.id, ${customerColumn} AS customer, c.subject, c.status, c.priority,
    coalesce(c.last_message_at, c.created_at) AS message_at,
    last.role AS preview_role, last.text AS preview, c.unanswered_since IS NOT NULL AS unanswered,
    EXISTS (SELECT FROM ${s}.drafts d WHERE d.conversation_id = c.id AND d.status = 'pending') AS waiting_draft,
    to_jsonb(clock) AS clock, page.*
  FROM page JOIN ${s}.conversations c USING (id)
  LEFT JOIN LATERAL (
    SELECT m.role, left(m.content, 240) AS text FROM ${s}.messages m
    WHERE m.conversation_id = c.id AND m.role <> 'system' ORDER BY m.created_at DESC, m.id DESC LIMIT 1
  ) last ON true
  LEFT JOIN LATERAL (
    SELECT l.priority, l.status, l.started_at, l.response_due_at, l.breach_at, l.paused_at, l.completed_at
    FROM ${s}.slas l WHERE l.conversation_id = c.id ORDER BY l.started_at DESC LIMIT 1
  ) clock ON true
  ORDER BY page.place`;
