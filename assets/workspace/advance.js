// After resolving, on to the next conversation, with a way back as long as it can be taken back.

import { announce, byId, showNotice } from './page.js';
import { neighbour, rowLinks } from './queue-place.js';
import { advances } from './settings.js';
import { t } from './texts.js';

const key = 'cairnloop:left-pending';

/** Whether a form, as its button sent it, ends in a resolution. */
export const resolves = (form, submitter) =>
  submitter?.value === 'resolve' || /\/resolve$/.test(form.getAttribute('action'));

/** The next conversation of the queue, where the operator wants to be led to it. */
export const leadsTo = () => (advances() ? neighbour(byId('queue')?.dataset.openid) : undefined);

/** Leads to it. `until`: when what was done here can no longer be taken back. Returns whether there is one. */
export function advance(until = null) {
  const next = leadsTo();
  if (!next) return false;
  const open = rowLinks().find((link) => link.hasAttribute('aria-current'));
  const subject = document.querySelector('.thread-title h1')?.textContent ?? '';
  if (until && open) sessionStorage.setItem(key, JSON.stringify({ until, subject, href: open.href }));
  location.assign(next.href);
  return true;
}

const left = () => {
  try {
    const found = JSON.parse(sessionStorage.getItem(key));
    return found && Date.parse(found.until) > Date.now() ? found : null;
  } catch {
    return null;
  }
};

/** Says what was left behind, on the page that was gone on to. */
export function startAdvance() {
  const found = left();
  if (location.hash === '#take-back' || !found) {
    sessionStorage.removeItem(key);
    return;
  }
  const words = t('leftPending', { subject: found.subject });
  showNotice('passing', words, t('leftPendingHint'));
  announce(words);
}

/** Back to what was left, where it is taken back. Returns whether there is something. */
export function backToLeft() {
  const found = left();
  if (!found) return false;
  location.assign(`${found.href.split('#')[0]}#take-back`);
  return true;
}
