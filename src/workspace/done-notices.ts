import type { PageNotice } from './page-context.js';
import type { WorkspaceTextKey } from './strings/strings.js';
import { translate } from './translate.js';

/**
 * The texts of success notices, by the `done` parameter of a redirect. A fixed list, so that a crafted URL cannot show
 * other text.
 */
const notices: Record<string, WorkspaceTextKey> = {
  reply: 'doneReply',
  'pending-reply': 'donePendingReply',
  'pending-resolve': 'donePendingResolve',
  'taken-back': 'doneTakenBack',
  dropped: 'doneDropped',
  note: 'doneNote',
  'follow-up': 'doneFollowUp',
  scheduled: 'doneScheduled',
  resolved: 'doneResolved',
  reopened: 'doneReopened',
  approved: 'doneApproved',
  edited: 'doneEdited',
  discarded: 'doneDiscarded',
  cancelled: 'doneCancelled',
  retried: 'doneRetried',
  released: 'doneReleased',
  'delivery-discarded': 'doneDeliveryDiscarded',
  policy: 'donePolicy',
  paused: 'donePaused',
  taken: 'doneTaken',
  given: 'doneGiven',
  unassigned: 'doneUnassigned',
  snoozed: 'doneSnoozed',
  woken: 'doneWoken',
  tagged: 'doneTagged',
  priority: 'donePriority',
  resumed: 'doneResumed',
};

const noneChosen = (): PageNotice => ({
  tone: 'conflict',
  title: translate('noneChosen'),
  text: translate('noneChosenHint'),
});

export function successNotice(done: string | undefined): PageNotice | undefined {
  if (done === 'none-chosen') return noneChosen();
  const title = done === undefined || !Object.hasOwn(notices, done) ? undefined : notices[done];
  return title ? { tone: 'done', title: translate(title) } : undefined;
}
