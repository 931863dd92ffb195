// Puts a newer version of the page into the one that is open, region by region, and keeps what is being written or read.

import { refreshTimes, setServerTime } from './times.js';

const byId = (id, root = document) => root.getElementById(id);

/** Reads an answer of the server as a page. */
export async function readPage(response) {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/html')) return null;
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

/** Whether two pages show the same thing, so that one can be brought up to date by the other. */
export function isSamePage(page) {
  const key = (one) => one.querySelector('[data-page]')?.dataset.page;
  return key(page) !== undefined && key(page) === key(document);
}

/** Says something to who listens rather than looks. */
export function announce(text) {
  byId('announcer').textContent = text;
}

/** Takes over what has changed. `form`: the page answers it, so the notice and the queue come along, and it is done with. */
export function takeOver(page, form = null) {
  const told = form !== null;
  setServerTime(page);
  for (const region of document.querySelectorAll('[data-live]')) {
    const newer = byId(region.id, page);
    if (!newer) continue;
    if (region.id === 'notice' && !told) continue;
    if (region.id === 'queue' && !told && queueWouldJump(region, newer)) continue;
    if (region.id === 'messages') takeOverMessages(region, newer, told);
    else replace(region, newer, told && region.contains(form));
  }
  syncComposer(page);
}

function replace(region, newer, done = false) {
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

/** Takes words of the moment out of the address, so that they do not come back with it. */
export function dropFromAddress(...names) {
  const address = new URL(location.href);
  for (const name of names) address.searchParams.delete(name);
  if (address.href !== location.href) history.replaceState(null, '', address);
}

export function showNotice(tone, title, text) {
  const notice = byId('notice');
  if (!notice) return announce(`${title} ${text}`);
  const box = document.createElement('div');
  box.className = `notice notice-${tone}`;
  box.setAttribute('role', 'alert');
  const strong = document.createElement('strong');
  strong.textContent = `${title} `;
  box.append(strong, text);
  notice.replaceChildren(box);
}

// Queue

const rowIds = (region) => [...region.querySelectorAll('.row')].map((row) => row.dataset.id);

/** Lines that come, go or change places would jump under the pointer: then they are offered instead. */
function queueWouldJump(region, newer) {
  if (region.querySelector('#bulk input:checked')) return offerQueue(null);
  if (rowIds(region).join() === rowIds(newer).join()) {
    byId('new-activity').hidden = true;
    return false;
  }
  // Nobody looks for a line's place in an empty queue.
  if (rowIds(region).length === 0) return false;
  updateRowsInPlace(region, newer);
  return offerQueue(newer.cloneNode(true));
}

let offered = null;

function offerQueue(newer) {
  offered = newer ?? offered;
  const pill = byId('new-activity');
  if (pill?.hidden) announce('New activity in the queue');
  if (pill && offered) pill.hidden = false;
  return true;
}

function updateRowsInPlace(region, newer) {
  for (const row of region.querySelectorAll('.row')) {
    const same = newer.querySelector(`.row[data-id="${row.dataset.id}"]`);
    if (!same) continue;
    refreshTimes(same);
    if (row.innerHTML !== same.innerHTML && !row.contains(document.activeElement)) {
      row.replaceChildren(...same.cloneNode(true).childNodes);
      row.className = same.className;
    }
  }
}

export function startQueue() {
  byId('new-activity')?.addEventListener('click', () => {
    if (!offered) return;
    replace(byId('queue'), offered);
    offered = null;
    byId('new-activity').hidden = true;
    byId('queue').scrollTo({ top: 0 });
  });
  document.addEventListener('change', ({ target }) => target.closest('#bulk') && countSelected());
  document.addEventListener('reset', () => setTimeout(countSelected));
  document.querySelector('.row-link[aria-current]')?.scrollIntoView({ block: 'nearest' });
}

function countSelected() {
  const count = document.querySelectorAll('#bulk input:checked').length;
  const output = byId('selected');
  if (output) output.textContent = `${count} selected`;
}

// Messages

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

function takeOverMessages(region, newer, told) {
  const known = new Set([...region.querySelectorAll('.message')].map((message) => message.id));
  const added = [...newer.querySelectorAll('.message')].filter((message) => !known.has(message.id));
  const wasAtEnd = atEnd();
  const height = region.offsetHeight;
  replace(region, newer);
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

// Composer

/** What may be written follows the conversation's state; the words and the chosen way stay. */
function syncComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  for (const way of theirs.elements.mode) {
    const same = [...mine.elements.mode].find((one) => one.value === way.value);
    if (same) same.disabled = way.disabled;
  }
  const chosen = [...mine.elements.mode].find((way) => way.checked);
  if (chosen?.disabled) [...mine.elements.mode].find((way) => !way.disabled).checked = true;
}

/** After a form: the composer as the server left it, emptied or with what it refused. */
export function takeOverComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  mine.replaceChildren(...theirs.cloneNode(true).childNodes);
}
