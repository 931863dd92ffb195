import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';

/**
 * The key of the displayed name of every audit action. A test compares this list with the statements that write the
 * record.
 */
export const auditActionTexts = {
  'conversation.opened': 'actOpened',
  'conversation.replied': 'actReplied',
  'conversation.noted': 'actNoted',
  'conversation.resolved': 'actResolved',
  'conversation.reopened': 'actReopened',
  'conversation.archived': 'actArchived',
  'conversation.updated': 'actUpdated',
  'conversation.snoozed': 'actSnoozed',
  'conversation.woken': 'actWoken',
  'conversation.rated': 'actRated',
  'message.received': 'actReceived',
  'draft.created': 'actDraftCreated',
  'draft.approved': 'actDraftApproved',
  'draft.edited': 'actDraftEdited',
  'draft.discarded': 'actDraftDiscarded',
  'draft.denied': 'actDraftDenied',
  'draft.superseded': 'actDraftSuperseded',
  'draft.sent': 'actDraftSent',
  'outbound.triggered': 'actOutboundTriggered',
  'outbound.bulk_triggered': 'actBulkTriggered',
  'outbound.bulk_refused': 'actBulkRefused',
  'outbound.sent': 'actOutboundSent',
  'outbound.failed': 'actOutboundFailed',
  'outbound.cancelled': 'actOutboundCancelled',
  'reply.sent': 'actReplySent',
  'reply.failed': 'actReplyFailed',
  'sla.started': 'actSlaStarted',
  'sla.fulfilled': 'actSlaFulfilled',
  'sla.breached': 'actSlaBreached',
  'sla.paused': 'actSlaPaused',
  'sla.resumed': 'actSlaResumed',
  'sla.ended': 'actSlaEnded',
  'sla.policy_changed': 'actPolicyChanged',
  'delivery.retried': 'actDeliveryRetried',
  'delivery.discarded': 'actDeliveryDiscarded',
  'conversation.removed': 'actRemoved',
  'customer.erased': 'actErased',
  'audit.erased': 'actAuditErased',
  'audit.key_changed': 'actKeyChanged',
  'audit.fault_found': 'actFaultFound',
} as const satisfies Record<string, WorkspaceTextKey>;

export function auditActionName(action: string): string {
  const key = (auditActionTexts as Record<string, WorkspaceTextKey>)[action];
  return key ? translate(key) : action;
}
