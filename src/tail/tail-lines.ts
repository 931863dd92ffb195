import type { DeliveryState, DeliveryTopic } from '../contracts/domain.js';
import { toDate } from '../db/timestamp.js';
import type { AuditEventRow, TailedDeliveryRow } from './tail-statements.js';

/**
 * The status of a delivery: `scheduled` is not due yet, `waiting` is due, `calling` is claimed by a worker, `retrying`
 * has failed before.
 */
export type DeliveryStatus = 'scheduled' | 'waiting' | 'calling' | 'retrying' | 'done' | 'discarded';

/**
 * A delivery that was written or whose status changed. Errors of callbacks are left out, because they may hold secrets.
 */
export interface DeliveryTailLine {
  type: 'delivery';
  at: Date;
  id: string;
  topic: DeliveryTopic;
  conversationId: string;
  state: DeliveryState;
  status: DeliveryStatus;
  attempts: number;
  availableAt: Date;
}

/** An event of the audit record. Its detail is left out, because it may hold text that people wrote. */
export interface AuditEventTailLine {
  type: 'event';
  at: Date;
  id: string;
  action: string;
  actorId: string;
  conversationId: string | null;
  subjectId: string | null;
}

export type TailLine = DeliveryTailLine | AuditEventTailLine;

/** Conditions that a change must match to be shown; with a topic or a state, only changes of deliveries match. */
export interface TailFilter {
  topic?: DeliveryTopic | undefined;
  state?: DeliveryState | undefined;
  conversationId?: string | undefined;
}

export function matchesTailFilter(line: TailLine, { topic, state, conversationId }: TailFilter): boolean {
  if (conversationId !== undefined && line.conversationId !== conversationId) return false;
  if (line.type === 'event') return topic === undefined && state === undefined;
  return (topic === undefined || line.topic === topic) && (state === undefined || line.state === state);
}

export function toAuditEventTailLine(row: AuditEventRow): AuditEventTailLine {
  const { id, action, actor_id: actorId, conversation_id: conversationId, subject_id: subjectId } = row;
  return { type: 'event', at: toDate(row.at), id, action, actorId, conversationId, subjectId };
}

export function toDeliveryTailLine(row: TailedDeliveryRow): DeliveryTailLine {
  return {
    type: 'delivery',
    at: toDate(row.at),
    id: row.id,
    topic: row.topic,
    conversationId: row.conversation_id,
    state: row.state,
    status: statusOf(row),
    attempts: row.attempts,
    availableAt: toDate(row.available_at),
  };
}

function statusOf({ state, leased, due, attempts }: TailedDeliveryRow): DeliveryStatus {
  if (state !== 'pending') return state;
  if (leased) return 'calling';
  if (attempts > 0) return 'retrying';
  return due ? 'waiting' : 'scheduled';
}
