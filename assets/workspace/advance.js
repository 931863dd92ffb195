// After resolving, on to the next conversation, with a way back as long as it can be taken back.

import { announce, showNotice } from './page.js';
import { rowLinks } from './queue-place.js';
import { advances } from './settings.js';

const key = 'cairnloop:left-pending';

/** Whether a form, as its button sent it, ends in a resolution. */
export const resolves = (form, submitter) =>
  submitter?.value === 'resolve' || /\/resolve$/.test(form.getAttribute('action'));

/** Leads to the next conversation of the queue. Returns whether there is one. */
export function advance() {
  if (!advances()) return false;
  const links = rowLinks();
  const open = links.findIndex((link) => link.hasAttribute('aria-current'));
  const next = links[open + 1] ?? (open > 0 ? links[open - 1] : null);
  if (open < 0 || !next) return false;
  const until = document.querySelector('#pending [data-until]')?.dataset.until ?? null;
  const subject = document.querySelector('.thread-title h1')?.textContent ?? '';
  if (until) sessionStorage.setItem(key, JSON.stringify({ until, subject, href: links[open].href }));
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
  showNotice('passing', `“${found.subject}” is resolved in a moment.`, 'Esc, then z leads back and takes it back.');
  announce(`${found.subject} is resolved in a moment.`);
}

/** Back to what was left, where it is taken back. Returns whether there is something. */
export function backToLeft() {
  const found = left();
  if (!found) return false;
  location.assign(`${found.href.split('#')[0]}#take-back`);
  return true;
}
