// Where a thread opens: at the hit of a search, at the message that its address names, or at the first one not read yet.

import { byId } from './page.js';
import { t } from './texts.js';

/** Of how many conversations this browser remembers what was read. */
const maxKept = 500;

const key = () => `cairnloop:read:${document.documentElement.dataset.operator}`;
const openId = () => byId('queue')?.dataset.openid;

function marks() {
  try {
    const kept = JSON.parse(localStorage.getItem(key()));
    return kept && typeof kept === 'object' ? kept : {};
  } catch {
    return {};
  }
}

/** Remembers the newest message that this operator has had on screen, as a name that needs no row anywhere. */
export function rememberRead(newest) {
  const id = openId();
  if (!id || !newest) return;
  const kept = marks();
  // Ids of messages sort by time: at the end of an older page, more may have been read.
  if (kept[id] > newest) return;
  delete kept[id];
  const entries = [...Object.entries(kept).slice(-maxKept + 1), [id, newest]];
  localStorage.setItem(key(), JSON.stringify(Object.fromEntries(entries)));
}

/** Brings what matters into view. Returns whether there is something other than the end to be shown. */
export function openThread(box) {
  const hit = [...document.querySelectorAll('#messages mark')].at(-1);
  const named = location.hash.startsWith('#m-') ? byId(location.hash.slice(1)) : null;
  const unread = hit || named ? null : firstUnread();
  if (hit) for (let fold = hit.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  if (unread) divide(unread);
  const target = hit ?? named ?? unread;
  if (!target) return false;
  if (target !== unread) target.scrollIntoView({ block: 'center' });
  else if (reach(box, target) > box.clientHeight) target.scrollIntoView({ block: 'start' });
  else box.scrollTop = 0;
  return true;
}

/** From the top of a message to the end of the thread, in pixels. */
const reach = (box, message) => box.scrollHeight - (message.offsetTop - box.firstElementChild.offsetTop);

/** Behind what this browser has had on screen; of a thread that it never had, behind the team's last words. */
function firstUnread() {
  const messages = [...document.querySelectorAll('#messages[data-live] .message:not(.message-system, #pending *)')];
  const mark = marks()[openId()];
  const read = messages.findIndex((message) => message.id === `m-${mark}`);
  const answered = messages.findLastIndex((message) => message.matches('.message-operator, .message-automation'));
  const first = messages[(mark && read >= 0 ? read : answered) + 1];
  return first && !first.hasAttribute('data-own') ? first : null;
}

/** A line above the first unread message, where something that was read stands before it. */
function divide(message) {
  const day = message.previousElementSibling?.matches('.day') ? message.previousElementSibling : message;
  if (!day.previousElementSibling) return;
  const line = document.createElement('li');
  line.className = 'unread-line';
  line.textContent = t('unreadLine');
  day.before(line);
}
