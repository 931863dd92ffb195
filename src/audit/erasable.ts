/**
 * Actions whose `detail` holds only Cairnloop's own words, numbers, ids and times, which an erasure keeps. The detail of
 * every other action is erased, also of one that is not known here. A test holds this list to what is written.
 */
export const actionsWithoutPersonalData: readonly string[] = [
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
