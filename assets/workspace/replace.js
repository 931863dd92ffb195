// Puts a newer version of a region in its place, and keeps what is being written, unfolded or has the focus.

import { byId } from './page.js';
import { refreshTimes } from './times.js';

export function replace(region, newer, done = false) {
  if (!done && isBeingWritten(region)) return;
  refreshTimes(newer);
  if (isSame(region, newer)) return;
  keeping(region, () => region.replaceChildren(...newer.cloneNode(true).childNodes));
}

/** Whether two nodes hold the same, whatever an operator has unfolded in them. */
export function isSame(one, other) {
  return markup(one) === markup(other);
}

function markup(node) {
  if (!node.querySelector('details[open]')) return node.innerHTML;
  const folded = node.cloneNode(true);
  for (const details of folded.querySelectorAll('details')) details.open = false;
  return folded.innerHTML;
}

/** Changes what is in a region; what has the focus there and what is unfolded are looked for again afterwards. */
export function keeping(region, change) {
  const focused = region.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const opened = new Set([...region.querySelectorAll('details[open]')].map(foldName));
  change();
  for (const details of region.querySelectorAll('details')) if (opened.has(foldName(details))) details.open = true;
  if (focused !== null && !region.contains(document.activeElement)) focusAgain(region, focused);
}

function isBeingWritten(region) {
  const fields = [...region.querySelectorAll('textarea, input:not([type="hidden"], [type="checkbox"])')];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

function focusAgain(region, name) {
  const same = [...region.querySelectorAll('a, button, input, summary, [tabindex]')].find(
    (one) => nameOf(one) === name,
  );
  // What had it is gone: Tab goes on from the content, not from the top of the page.
  (same ?? byId('main'))?.focus({ preventScroll: true });
}

/** What makes something focusable the same in two versions of a page. */
function nameOf(one) {
  if (one.id) return `#${one.id}`;
  if (one.matches('summary')) return `fold ${foldName(one.parentElement)}`;
  if (one.hasAttribute('href')) return `to ${one.getAttribute('href')}`;
  const action = one.form?.getAttribute('action');
  // Of two steps on the same thing that share a key, one takes the other's place: Resolve and Reopen.
  if (one.dataset.key) return `key ${one.dataset.key} ${action?.replace(/[^/]*$/, '')}`;
  if (action) return `form ${action} ${one.name} ${one.value}`;
  return `in ${around(one)} ${one.className}`;
}

const foldName = (details) => details.id || `${around(details)} ${details.className}`;

const around = (one) => one.parentElement?.closest('[id]')?.id ?? '';
