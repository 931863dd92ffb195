// How many customers wait, in the title of the page and, where the operator wants it, as a notification.

import { notifies } from './settings.js';

const selector = '.filter-needs-reply .filter-count';

let before = null;

/** Called with each version of the page; `title` is the page's own. */
export function showWaiting() {
  const text = document.querySelector(selector)?.textContent.trim();
  if (text === undefined) return;
  const own = document.title.replace(/^\(\d+\+?\) /, '');
  const title = text === '0' ? own : `(${text}) ${own}`;
  if (document.title !== title) document.title = title;
  const count = Number.parseInt(text, 10);
  if (before !== null && count > before && document.hidden && notifies()) notify(text);
  before = count;
}

/** No words of a customer's: it may stand on a screen that others see. */
function notify(count) {
  const words = count === '1' ? '1 customer waits for an answer' : `${count} customers wait for an answer`;
  new Notification(words, { tag: 'cairnloop' });
}
