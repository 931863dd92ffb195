import type { Actor } from '../../contracts/domain.js';
import { readActor } from '../../conversations/stored-actor.js';
import { isSnoozedSql } from '../../conversations/wake.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import type { QueueRow, SlaClock } from '../model.js';

/** The columns of an SLA clock that pages show, as `to_jsonb` returns them. */
export interface SlaClockRow {
  priority: string;
  status: SlaClock['status'];
  started_at: Timestamp;
  response_due_at: Timestamp;
  breach_at: Timestamp;
  paused_at: Timestamp | null;
  completed_at: Timestamp | null;
}

export function toSlaClock(row: SlaClockRow | null): SlaClock | null {
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

export interface QueueDatabaseRow {
  id: string;
  customer: string | null;
  actor_id: string | null;
  subject: string | null;
  status: QueueRow['status'];
  priority: string;
  message_at: Timestamp;
  preview_role: NonNullable<QueueRow['preview']>['role'] | null;
  preview: string | null;
  newest_message_id: string | null;
  unanswered: boolean;
  waiting_draft: boolean;
  assignee: Actor | null;
  tags: string[];
  snoozed_until: Timestamp | null;
  clock: SlaClockRow | null;
}

export function toQueueRow(row: QueueDatabaseRow): QueueRow {
  return {
    id: row.id,
    customer: row.customer,
    actorId: row.actor_id,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    lastMessageAt: toDate(row.message_at),
    newestMessageId: row.newest_message_id,
    preview: row.preview_role && { role: row.preview_role, text: row.preview ?? '' },
    unanswered: row.unanswered,
    waitingDraft: row.waiting_draft,
    owner: readActor(row.assignee),
    tags: row.tags,
    snoozedUntil: toDate(row.snoozed_until),
    clock: toSlaClock(row.clock),
  };
}

/** SQL for the customer's name as the host gave it: to `conversations.open`, or in the conversation's metadata. */
export const customerNameSql = `coalesce(nullif(left(c.customer ->> 'name', 200), ''),
  nullif(left(c.metadata ->> 'customerName', 200), ''))`;

/** SQL for how a customer is shown: by name, else by e-mail address, else by the host's id. */
export const customerLabelSql = `coalesce(${customerNameSql}, c.customer ->> 'email', c.actor_id)`;

/** Adds the customer's name to an audit line's actor if the actor is the customer. */
export function addCustomerNameToActor(actor: Actor, actorId: string | null, customer: string | null): Actor {
  const isCustomer = actor.id === actorId && !actor.name && customer !== null && customer !== actorId;
  return isCustomer ? { id: actor.id, name: customer } : actor;
}

/** SQL for the owner's id, empty for an unassigned conversation; the same expression as in the indexes. */
export const conversationOwnerIdSql = `coalesce(c.assignee ->> 'id', '')`;

/**
 * How many conversations one page of the queue lists. A constant in the SQL, because the planner cannot see a
 * parameter.
 */
export const queuePageSize = 50;

/** SQL that selects all columns of a queue line, for the conversations of a CTE `page (id, place)`. */
export const selectQueueColumns = (s: string) => `
  SELECT c.id, ${customerLabelSql} AS customer, c.actor_id, c.subject, c.status, c.priority,
    coalesce(c.last_message_at, c.created_at) AS message_at,
    last.role AS preview_role, last.text AS preview, last.id AS newest_message_id, c.unanswered_since IS NOT NULL AS unanswered,
    EXISTS (SELECT FROM ${s}.drafts d WHERE d.conversation_id = c.id AND d.status = 'pending') AS waiting_draft,
    c.assignee, c.tags, CASE WHEN ${isSnoozedSql(s)} THEN c.snoozed_until END AS snoozed_until,
    to_jsonb(clock) AS clock, page.*
  FROM page JOIN ${s}.conversations c USING (id)
  LEFT JOIN LATERAL (
    SELECT m.id, m.role, left(m.content, 240) AS text FROM ${s}.messages m
    WHERE m.conversation_id = c.id AND m.role <> 'system' ORDER BY m.created_at DESC, m.id DESC LIMIT 1
  ) last ON true
  LEFT JOIN LATERAL (
    SELECT l.priority, l.status, l.started_at, l.response_due_at, l.breach_at, l.paused_at, l.completed_at
    FROM ${s}.slas l WHERE l.conversation_id = c.id ORDER BY l.started_at DESC LIMIT 1
  ) clock ON true
  ORDER BY page.place`;
