// Notices of the page: those that only say that something was done make room again.

import { byId } from './page.js';

/** A notice is not taken away by the update that its own step has caused. */
const readMs = 6_000;

let shownAt = Date.now();

export function startNotices() {
  // What a script puts back into a field is not somebody writing.
  document.addEventListener('input', ({ isTrusted }) => isTrusted && clear('.notice-done, .notice-passing'));
}

export function noticeChanged() {
  shownAt = Date.now();
}

/** With a live update: what was done has been read by then. */
export function clearReadNotice() {
  if (Date.now() - shownAt > readMs) clear('.notice-done, .notice-passing, .notice-calm');
}

function clear(selector) {
  byId('notice')?.querySelector(selector)?.remove();
}
