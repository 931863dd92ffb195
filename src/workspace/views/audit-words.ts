/** Every action of the audit record, in words. A test reads the statements that write it and holds them to this list. */
export const auditActions = {
  'conversation.opened': 'Conversation opened',
  'conversation.replied': 'Reply written',
  'conversation.noted': 'Internal note added',
  'conversation.resolved': 'Conversation resolved',
  'conversation.reopened': 'Conversation reopened',
  'conversation.rated': 'Customer rated the conversation',
  'message.received': 'Customer message received',
  'draft.created': 'Draft proposed',
  'draft.approved': 'Draft approved',
  'draft.edited': 'Draft edited and approved',
  'draft.discarded': 'Draft discarded',
  'draft.denied': 'Draft denied by policy',
  'draft.superseded': 'Draft overtaken by a newer message',
  'draft.sent': 'Draft sent',
  'outbound.triggered': 'Outbound message written',
  'outbound.bulk_triggered': 'Bulk follow-up written',
  'outbound.bulk_refused': 'Bulk follow-up refused',
  'outbound.sent': 'Outbound message handed over',
  'outbound.failed': 'Outbound message failed',
  'outbound.cancelled': 'Outbound message cancelled',
  'reply.sent': 'Reply handed over',
  'reply.failed': 'Reply failed',
  'sla.started': 'SLA clock started',
  'sla.fulfilled': 'SLA met',
  'sla.breached': 'SLA breached',
  'sla.paused': 'SLA clock paused',
  'sla.resumed': 'SLA clock resumed',
  'sla.ended': 'SLA clock ended, tracking is off',
  'sla.policy_changed': 'SLA policy changed',
  'delivery.retried': 'Delivery retried',
  'delivery.discarded': 'Delivery discarded',
} as const satisfies Record<string, string>;

export function actionInWords(action: string): string {
  return (auditActions as Record<string, string>)[action] ?? action;
}
