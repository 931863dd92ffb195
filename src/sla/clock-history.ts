import type { AuditRow } from '../audit/list.js';
import { toDate } from '../db/timestamp.js';
import { explainSlaClockEvents, type SlaClockEvent } from './explain-clock.js';
import { type SlaRow, toSlaClockOfRow } from './rows.js';
import type { SlaClock } from './sla-clock.js';

/** An SLA clock with its events. `lines` explain its due times, in one sentence for each event. */
export interface ClockHistory extends SlaClock {
  id: string;
  priority: string;
  status: SlaRow['status'];
  completedAt: Date | null;
  endedBy: SlaRow['ended_by'];
  events: SlaClockEvent[];
  lines: string[];
}

/** Turns an audit row into an event of a clock, by its action. */
const readers: Record<string, (row: AuditRow, sla: SlaRow) => SlaClockEvent> = {
  'sla.started': (row, sla) => ({
    at: toDate(row.at),
    type: 'started',
    priority: sla.priority,
    terms: { responseMinutes: sla.response_minutes, breachMinutes: sla.breach_minutes, calendar: sla.calendar },
    ...(row.detail_erased_by ? dueTimesOf(sla) : dueTimes(row)),
  }),
  'sla.paused': (row) => ({
    at: toDate(row.at),
    type: 'paused',
    by: row.actor,
    reason: row.detail_erased_by ? 'erased' : String(row.detail.reason),
  }),
  'sla.resumed': (row) => ({ at: toDate(row.at), type: 'resumed', by: row.actor, ...dueTimes(row) }),
  'sla.fulfilled': (row, sla) => ({
    at: toDate(row.at),
    type: 'ended',
    endedBy: sla.ended_by === 'resolved' || sla.ended_by === 'archived' ? sla.ended_by : 'answered',
    by: row.actor,
  }),
  'sla.breached': (row) => ({ at: toDate(row.at), type: 'ended', endedBy: 'breached' }),
  'conversation.updated': (row) => ({
    at: toDate(row.at),
    type: 'reprioritized',
    by: row.actor,
    ...(readPriorityChange(row) ?? { from: '', to: '' }),
  }),
  'sla.ended': (row) => ({ at: toDate(row.at), type: 'ended', endedBy: 'tracking_off' }),
};

/** The audit actions that {@link readSlaClockHistory} reads. */
export const slaClockAuditActions = Object.keys(readers);

/** Builds a clock's history from its audit rows, in order. Pure. */
export function readSlaClockHistory(sla: SlaRow, audit: readonly AuditRow[]): ClockHistory {
  const events = audit.flatMap((row) => readers[row.action]?.(row, sla) ?? []);
  return {
    ...toSlaClockOfRow(sla),
    id: sla.id,
    priority: sla.priority,
    status: sla.status,
    completedAt: toDate(sla.completed_at),
    endedBy: sla.ended_by,
    events,
    lines: explainSlaClockEvents(events),
  };
}

/** The audit rows of one clock: its own, and priority changes while it ran. */
export function auditRowsOfSlaClock(sla: SlaRow, audit: readonly AuditRow[]): AuditRow[] {
  const isOwn = ({ subject_id }: AuditRow) => subject_id === sla.id;
  const first = audit.findIndex(isOwn);
  const last = sla.status === 'active' ? audit.length : audit.findLastIndex(isOwn);
  const ran = (row: AuditRow, index: number) =>
    first >= 0 && index > first && index < last && readPriorityChange(row) !== null;
  return audit.filter((row, index) => isOwn(row) || ran(row, index));
}

/** The change of priority that an audit row records; null where there is none. */
export function readPriorityChange({ action, detail }: AuditRow): { from: string; to: string } | null {
  const { before, after } = detail as { before?: { priority?: unknown }; after?: { priority?: unknown } };
  if (action !== 'conversation.updated' || after?.priority === undefined) return null;
  return { from: String(before?.priority), to: String(after.priority) };
}

/** The stored due times of a clock, used if the audit line of its start was erased. */
function dueTimesOf(sla: SlaRow): { responseDueAt: Date; breachAt: Date } {
  return { responseDueAt: toDate(sla.response_due_at), breachAt: toDate(sla.breach_at) };
}

function dueTimes({ detail }: AuditRow): { responseDueAt: Date; breachAt: Date } {
  return { responseDueAt: new Date(String(detail.responseDueAt)), breachAt: new Date(String(detail.breachAt)) };
}
