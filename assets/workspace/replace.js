// Puts a newer version of a region in its place, and keeps what is being written, unfolded or has the focus.

import { showNotice } from './page.js';
import { refreshTimes } from './times.js';

export function replace(region, newer, done = false) {
  if (!done && isBeingWritten(region)) return keepWriting(region, newer);
  refreshTimes(newer);
  if (region.innerHTML === newer.innerHTML) return;
  const focus = focusIn(region);
  const opened = openDetails(region);
  region.replaceChildren(...newer.cloneNode(true).childNodes);
  for (const index of opened) region.querySelectorAll('details')[index]?.setAttribute('open', '');
  restoreFocus(region, focus);
}

function isBeingWritten(region) {
  const fields = [...region.querySelectorAll('textarea, input:not([type="hidden"], [type="checkbox"])')];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

/** What is being edited stays; that it has been dealt with elsewhere is said. */
function keepWriting(region, newer) {
  if (region.querySelector('#draft-edit') && !newer.querySelector('.draft')) {
    showNotice(
      'conflict',
      'This draft was dealt with meanwhile.',
      'Your words are still here; send them as a reply of your own.',
    );
  }
}

function focusIn(region) {
  const focused = document.activeElement;
  if (!region.contains(focused)) return null;
  return focused.getAttribute('href') ?? focused.id ?? null;
}

function restoreFocus(region, focus) {
  if (!focus) return;
  const same = [...region.querySelectorAll('a, button, [id]')].find(
    (one) => one.getAttribute('href') === focus || one.id === focus,
  );
  same?.focus({ preventScroll: true });
}

function openDetails(region) {
  return [...region.querySelectorAll('details')].flatMap((details, index) => (details.open ? [index] : []));
}
