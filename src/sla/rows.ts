import type { Sla } from '../contracts/domain.js';
import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import type { SlaClock } from './sla-clock.js';

/** A row of `slas`. */
export interface SlaRow {
  id: string;
  conversation_id: string;
  priority: string;
  status: Sla['status'];
  response_minutes: number;
  breach_minutes: number;
  calendar: BusinessCalendar | null;
  started_at: Timestamp;
  response_due_at: Timestamp;
  breach_at: Timestamp;
  paused_at: Timestamp | null;
  completed_at: Timestamp | null;
  ended_by: 'answered' | 'resolved' | 'archived' | 'breached' | 'tracking_off' | null;
}

export function toSla(row: SlaRow): Sla {
  return deepFreeze({
    id: row.id,
    conversationId: row.conversation_id,
    priority: row.priority,
    status: row.status,
    startedAt: toDate(row.started_at),
    responseDueAt: toDate(row.response_due_at),
    breachAt: toDate(row.breach_at),
    completedAt: toDate(row.completed_at),
  });
}

export function toSlaClockOfRow(row: SlaRow): SlaClock {
  return {
    responseMinutes: row.response_minutes,
    breachMinutes: row.breach_minutes,
    calendar: row.calendar,
    startedAt: toDate(row.started_at),
    pausedAt: toDate(row.paused_at),
    responseDueAt: toDate(row.response_due_at),
    breachAt: toDate(row.breach_at),
  };
}
