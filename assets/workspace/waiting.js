// How many customers wait, in the title of the page and, where the operator wants it, as a notification.

import { notifies } from './settings.js';
import { tCount } from './texts.js';

const selector = '.filter-needs-reply .filter-count';

let before = null;

/** Called with each version of the page, of which `page` is the newest. */
export function showWaiting(page = document) {
  const shown = document.querySelector(selector);
  if (!shown) return;
  const [text, count] = [shown.textContent.trim(), Number(shown.dataset.count)];
  const own = document.title.replace(/^\([\p{Nd}.,٬’\s]+\+?\) /u, '');
  const title = count === 0 ? own : `(${text}) ${own}`;
  if (document.title !== title) document.title = title;
  const now = { count, wrote: whoWrote(page) };
  if (before && hasNews(before, now) && document.hidden && notifies()) notify(Math.max(count, 1));
  before = now;
}

/** When the customers that wait in this queue wrote last, by the id of the conversation. */
function whoWrote(page) {
  const rows = [...page.querySelectorAll('.row-unanswered')];
  return new Map(rows.map((row) => [row.dataset.id, row.querySelector('time[data-age]')?.dateTime ?? '']));
}

/** Somebody waits who did not, or has written again. A line that was on another page of the queue is no news. */
function hasNews({ count, wrote }, now) {
  return now.count > count || [...now.wrote].some(([id, at]) => wrote.has(id) && at > wrote.get(id));
}

/** No words of a customer's: it may stand on a screen that others see. */
function notify(count) {
  new Notification(tCount('customersWait', count), { tag: 'cairnloop' });
}
