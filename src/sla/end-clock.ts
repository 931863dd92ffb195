import type { AuditLine } from '../events/audit-lines.js';

/**
 * The CTE `sla`, which ends the running clock of the row in the CTE `conversation`: fulfilled, or breached if its time
 * had run out unnoticed.
 */
export function endSlaClockCte(s: string, endedBy: 'answered' | 'resolved' | 'archived'): string {
  return `sla AS (SELECT ended.* FROM conversation, ${s}.end_clock(conversation.id, '${endedBy}') ended)`;
}

/** The audit line of a clock that {@link endSlaClockCte} has ended. */
export function slaClockEndedAuditLine(actor: string): AuditLine {
  return {
    from: 'sla',
    at: 'completed_at',
    actor,
    actionSql: `'sla.' || sla.status`,
    conversationId: 'sla.conversation_id',
    subjectId: 'sla.id',
  };
}
