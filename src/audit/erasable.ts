/**
 * Audit actions whose `detail` holds only Cairnloop's own words, numbers, ids and times, which an erasure keeps. The
 * detail of every other action is erased. A test compares this list with what is written.
 */
export const auditActionsWithoutPersonalData: readonly string[] = [
  'conversation.snoozed',
  'conversation.woken',
  'draft.created',
  'draft.denied',
  'draft.sent',
  'sla.resumed',
  'sla.breached',
  'sla.ended',
  'delivery.retried',
  'delivery.discarded',
];
