// The thread of an open page: what arrives is shown where one looks, and counted where one does not.

import { isWriting } from './composer.js';
import { updateMessages } from './message-list.js';
import { announce, byId, showNotice } from './page.js';
import { openThread, rememberRead } from './reading.js';
import { seenFields } from './seen.js';
import { t, tCount } from './texts.js';

const scroller = () => byId('scroll');
const atEnd = () => {
  const box = scroller();
  return box !== null && Math.abs(box.scrollTop) < 60;
};

/** A conversation opens at what its reader is after, else at its end, where the newest message is. */
export function scrollToNewest() {
  const box = scroller();
  if (!box) return;
  if (!openThread(box)) box.scrollTop = 0;
  if (atEnd()) seeSoon();
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
  const before = region.dataset.newest;
  region.dataset.newest = newer.dataset.newest ?? '';
  if (isOwn(added)) return carriedOut(before, wasAtEnd, told);
  if (added.length > 0 && !told) {
    announce(added.length === 1 ? arrival(added[0]) : tCount('newMessages', added.length));
    unseen += added.length;
  }
  if (added.length > 0 && !told && isWriting()) sayArrived(added);
  if (told || (wasAtEnd && !document.hidden)) showNewest();
  else if (unseen > 0) offerJump();
}

const isOwn = (messages) =>
  messages.some((message) => message.hasAttribute('data-own')) &&
  messages.every((message) => message.matches('[data-own], .message-system'));

/** One's own words have gone out: whoever had read all before them has read them too. */
function carriedOut(before, wasAtEnd, told) {
  const newest = byId('messages').dataset.newest;
  for (const field of seenFields()) if (field.value === before) field.value = newest;
  if (!told) announce(t('sentAnnounced'));
  if (told || (wasAtEnd && !document.hidden)) showNewest();
}

/** Said once and left standing: what is being written may not fit any more. */
function sayArrived(added) {
  // That a request got no answer matters more: one of these may be what it sent.
  if (byId('notice')?.querySelector('.notice-error')) return;
  showNotice(
    'conflict',
    added.length === 1
      ? t('arrivalSentence', { arrival: arrival(added[0]) })
      : tCount('newMessagesSentence', added.length),
    t('arrivedWriting'),
  );
}

function arrival(message) {
  const name = message.querySelector('.message-author')?.textContent;
  return name ? t('arrivalFrom', { name }) : t('arrivalFromSystem');
}

function offerJump() {
  const jump = byId('jump');
  if (!jump) return;
  jump.hidden = false;
  jump.querySelector('span').textContent = tCount('newMessages', unseen);
}

function showNewest() {
  const box = scroller();
  if (box) box.scrollTop = 0;
  seeSoon();
}

/** What arrives counts as read after this long on screen, in milliseconds. */
const readMs = 2_000;

let reading = null;

/** What was on screen for a moment counts as read, but never while somebody writes: the text began before it. */
function seeSoon() {
  unseen = 0;
  const jump = byId('jump');
  if (jump) jump.hidden = true;
  clearTimeout(reading);
  const newest = byId('messages')?.dataset.newest;
  reading = setTimeout(() => isOnScreen() && !isWriting() && markSeen(newest), readMs);
}

const isOnScreen = () => !document.hidden && atEnd();

/** Replies and approvals name the newest message that was read; the server refuses them when there is a newer one. */
function markSeen(newest) {
  if (!newest) return;
  rememberRead(newest);
  for (const field of seenFields()) field.value = newest;
}

export function startThread() {
  const seeIfShown = () => isOnScreen() && seeSoon();
  scroller()?.addEventListener('scroll', seeIfShown, { passive: true });
  document.addEventListener('visibilitychange', seeIfShown);
  byId('jump')?.addEventListener('click', (event) => {
    event.preventDefault();
    showNewest();
  });
  // Text that was taken back answers nothing: what is on screen may count as read again.
  document.addEventListener('input', ({ target }) => {
    if (target.id === 'content' && !target.value && isOnScreen()) seeSoon();
  });
}
