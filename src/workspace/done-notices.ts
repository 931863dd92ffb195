import type { Notice } from './page-context.js';

/** Notices by the word in a redirect. Only these can be shown, whatever is in the URL. */
const notices: Record<string, string> = {
  reply: 'Reply sent.',
  'pending-reply': 'Your reply goes out in a moment. Esc, then z takes it back.',
  'pending-resolve': 'The conversation is resolved in a moment. Esc, then z takes it back.',
  'taken-back': 'Taken back. Nothing was sent.',
  dropped: 'Discarded.',
  note: 'Note added.',
  'follow-up': 'Follow-up written; the worker hands it over.',
  scheduled: 'Follow-up scheduled.',
  resolved: 'Conversation resolved.',
  reopened: 'Conversation reopened.',
  approved: 'Draft approved and sent.',
  edited: 'Edited reply sent.',
  discarded: 'Draft discarded.',
  cancelled: 'Scheduled message cancelled.',
  retried: 'The delivery is tried again.',
  released: 'The message goes out before its time; the worker hands it over.',
  'delivery-discarded': 'The delivery is discarded.',
  policy: 'Policy saved.',
  paused: 'The clock is paused.',
  taken: 'It is yours now. m gives it back.',
  given: 'It has a new owner.',
  unassigned: 'It has no owner now.',
  snoozed: 'Snoozed. It comes back at that time, or when the customer writes.',
  woken: 'It is back in the queue.',
  tagged: 'Tags changed.',
  priority: 'Priority changed.',
  resumed: 'The clock is resumed.',
};

const noneChosen: Notice = {
  tone: 'conflict',
  title: 'No conversation is chosen.',
  text: 'Tick those to write to, then send the follow-up.',
};

export function doneNotice(done: string | undefined): Notice | undefined {
  if (done === 'none-chosen') return noneChosen;
  const title = done === undefined || !Object.hasOwn(notices, done) ? undefined : notices[done];
  return title ? { tone: 'done', title } : undefined;
}
