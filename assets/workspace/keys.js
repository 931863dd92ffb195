// The keyboard: single keys where nobody writes, and a list of them.

import { arm, confirmKey, isArmed, startArming } from './arm.js';
import { isDrawerOpen } from './drawer.js';
import { showNotice } from './page.js';
import { takeBack } from './pending.js';
import { endTyping, hasRested, isSettled } from './typing.js';

const off = 'cairnloop:keys-off';

const byId = (id) => document.getElementById(id);

const keys = {
  j: () => moveMark(1),
  k: () => moveMark(-1),
  '/': () => search(),
  '?': () => openHelp(),
};

/** These choose who will read what is typed next, so they count only where no words are being typed. */
const writing = { r: 'reply', n: 'note' };

/** Stops what is about to be done: nothing happens to the customer by it, but words may hold the letter. */
const stopping = { z: takeBack };

/** These act on the customer: they ask first. */
const acting = ['a', 'e'];

export function startKeys() {
  startArming();
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', ({ target }) => target.closest('[data-help]') && openHelp());
  document.addEventListener('change', ({ target }) => {
    if (target.id !== 'single-keys') return;
    if (target.checked) localStorage.removeItem(off);
    else localStorage.setItem(off, '1');
  });
}

function openHelp() {
  byId('single-keys').checked = localStorage.getItem(off) === null;
  byId('help').showModal();
}

function onKey(event) {
  if (isArmed()) {
    if (confirmKey(event)) endTyping();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return handled(event, search);
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  if (event.key === 'Escape') return leave();
  // What the keys act on lies below the drawer.
  if (isDrawerOpen()) return;
  if (event.target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select')) return;
  if (localStorage.getItem(off) === null) singleKey(event);
}

function singleKey(event) {
  const { key } = event;
  if (keys[key]) return handled(event, keys[key]);
  if (event.repeat) return;
  if (writing[key] && hasRested()) handled(event, () => write(writing[key]));
  if (stopping[key] && hasRested()) handled(event, stopping[key]);
  if (acting.includes(key) && isSettled()) handled(event, () => press(key));
}

function handled(event, action) {
  event.preventDefault();
  action();
}

/** Leaves what is being written, and closes the drawer. */
function leave() {
  document.activeElement?.blur();
  if (location.hash === '#rail') location.hash = '#main';
}

function search() {
  const field = document.querySelector('.search input');
  if (!field.checkVisibility()) return document.querySelector('.search-link').click();
  field.focus();
  field.select();
}

/** The marked line is the one that has the focus, so Enter opens it as it does any link. */
function moveMark(step) {
  const links = [...document.querySelectorAll('.row-link')];
  if (links.length === 0) return;
  const marked = links.indexOf(document.activeElement);
  const open = links.findIndex((link) => link.hasAttribute('aria-current'));
  const from = marked >= 0 ? marked : open >= 0 ? open : step > 0 ? -1 : links.length;
  links[Math.min(links.length - 1, Math.max(0, from + step))].focus();
}

function write(mode) {
  const composer = byId('composer');
  const way = composer && [...composer.elements.mode].find((one) => one.value === mode);
  if (!way || way.disabled) return;
  way.checked = true;
  byId('content').focus();
}

/** Acts on the conversation that is open, and never in place of another one that is marked. */
function press(key) {
  const marked = document.activeElement.closest('.row-link');
  if (marked && !marked.hasAttribute('aria-current')) return openFirst(marked);
  const button = document.querySelector(`[data-key="${key}"]`);
  if (button) arm(button);
}

function openFirst(marked) {
  const subject = marked.querySelector('.row-subject').textContent.trim();
  showNotice('passing', 'Open it first.', `Enter opens “${subject}”; a and e act on the conversation that is open.`);
}
