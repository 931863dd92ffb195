// The thread of an open page: what arrives is shown where one looks, and counted where one does not.

import { updateMessages } from './message-list.js';
import { announce, byId } from './page.js';

const scroller = () => byId('scroll');
const atEnd = () => {
  const box = scroller();
  return box !== null && Math.abs(box.scrollTop) < 60;
};

/** A conversation opens at its end, where the newest message is, or at the message that its address names. */
export function scrollToNewest() {
  const box = scroller();
  const named = location.hash.startsWith('#m-') ? byId(location.hash.slice(1)) : null;
  if (named) named.scrollIntoView({ block: 'center' });
  else if (box) box.scrollTop = 0;
}

/** Messages below what an operator has on screen are counted until they have been seen. */
let unseen = 0;

export function takeOverMessages(region, newer, told) {
  const known = new Set([...region.querySelectorAll('.message')].map((message) => message.id));
  const added = [...newer.querySelectorAll('.message')].filter((message) => !known.has(message.id));
  const wasAtEnd = atEnd();
  const height = region.offsetHeight;
  updateMessages(region, newer);
  // The scroller counts from its end: what is being read stays where it is.
  if (!wasAtEnd) scroller().scrollTop -= region.offsetHeight - height;
  region.dataset.newest = newer.dataset.newest ?? '';
  if (added.length > 0 && !told) {
    announce(added.length === 1 ? arrival(added[0]) : `${added.length} new messages`);
    unseen += added.length;
  }
  if (told || (wasAtEnd && !document.hidden)) showNewest();
  else if (unseen > 0) offerJump();
}

function arrival(message) {
  const who = message.querySelector('.message-author')?.textContent ?? 'system';
  return `New message from ${who}`;
}

function offerJump() {
  const jump = byId('jump');
  if (!jump) return;
  jump.hidden = false;
  jump.querySelector('span').textContent = unseen === 1 ? '1 new message' : `${unseen} new messages`;
}

/** What is on screen counts as seen: a reply then answers it. */
function showNewest() {
  const box = scroller();
  if (box) box.scrollTop = 0;
  markSeen();
}

function markSeen() {
  unseen = 0;
  const jump = byId('jump');
  if (jump) jump.hidden = true;
  const seen = byId('seen');
  const newest = byId('messages')?.dataset.newest;
  if (seen && newest) seen.value = newest;
}

export function startThread() {
  const seeIfShown = () => !document.hidden && unseen > 0 && atEnd() && markSeen();
  scroller()?.addEventListener('scroll', seeIfShown, { passive: true });
  document.addEventListener('visibilitychange', seeIfShown);
  byId('jump')?.addEventListener('click', (event) => {
    event.preventDefault();
    showNewest();
  });
}
