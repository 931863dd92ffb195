import type { AuditLine } from '../events/audit-lines.js';

/**
 * The part `sla` of a statement that ends the running clock of `conversation` (an earlier part): fulfilled, or breached
 * where its time had run out before anybody noticed.
 */
export function endClock(s: string, endedBy: 'answered' | 'resolved' | 'archived'): string {
  return `sla AS (SELECT ended.* FROM conversation, ${s}.end_clock(conversation.id, '${endedBy}') ended)`;
}

/** The audit line of a clock that {@link endClock} has ended. */
export function clockEndedLine(actor: string): AuditLine {
  return {
    from: 'sla',
    at: 'completed_at',
    actor,
    actionSql: `'sla.' || sla.status`,
    conversationId: 'sla.conversation_id',
    subjectId: 'sla.id',
  };
}
