// The keyboard: single keys where nobody writes, and a list of them.

import { arm, confirmKey, disarm, isArmed, startArming } from './arm.js';
import { foldComposer, modesOf } from './composer.js';
import { isDrawerOpen } from './drawer.js';
import { commandOf, isComposed } from './layouts.js';
import { showNotice } from './page.js';
import { takeBack } from './pending.js';
import { placeBefore, remember, rowLinks } from './queue-place.js';
import { tickMarked } from './select.js';
import { showSettings } from './settings.js';
import { t } from './texts.js';
import { triageKey } from './triage.js';
import { endTyping, hasRested, isAfterEscape, isSettled } from './typing.js';

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

/** Stops what is about to be done. Words hold the letter too, so it counts right behind Escape. */
const stopping = { z: takeBack };

/** These lead somewhere else, or show what can be done there. */
const leading = {
  w: () => document.querySelector('[data-key="w"]')?.click(),
  p: () => showPause(),
  f: () => nextFilter(),
};

/** These act on the customer, or drop what is there for them: they ask first. */
const acting = ['a', 'e', 'd'];

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
  showSettings();
  byId('single-keys').checked = localStorage.getItem(off) === null;
  byId('help').showModal();
}

function onKey(event) {
  if (isComposed(event)) return disarm();
  if (isArmed()) {
    if (confirmKey(event)) endTyping();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && commandOf(event) === 'k') return handled(event, search);
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  if (event.key === 'Escape') return leave();
  // What the keys act on lies below the drawer.
  if (isDrawerOpen()) return;
  if (event.target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select')) return;
  if (localStorage.getItem(off) === null) singleKey(event);
}

function singleKey(event) {
  const key = commandOf(event);
  if (keys[key]) return handled(event, keys[key]);
  if (event.repeat) return;
  if (key === 'x' || key === 'X') return handled(event, () => tickMarked(key === 'X'));
  if (hasRested() && triageKey(key)) return event.preventDefault();
  if (writing[key] && hasRested()) handled(event, () => write(writing[key]));
  if (stopping[key] && isAfterEscape()) handled(event, stopping[key]);
  if (leading[key] && isSettled()) handled(event, leading[key]);
  if (acting.includes(key) && isSettled()) handled(event, () => press(key));
}

function handled(event, action) {
  event.preventDefault();
  action();
}

/** Leaves what is being written, and closes the drawer. */
function leave() {
  document.activeElement?.blur();
  foldComposer();
  if (location.hash === '#rail') location.hash = '#main';
}

function search() {
  const field = document.querySelector('.search input');
  if (!field.checkVisibility()) return document.querySelector('.search-link').click();
  field.focus();
  field.select();
}

/** The reason is not written at once: words that were meant for something else would become it. */
function showPause() {
  const summary = document.querySelector('summary[data-key="p"]');
  if (!summary) return;
  summary.parentElement.open = true;
  if (!summary.checkVisibility()) location.hash = '#rail';
  summary.focus();
}

function nextFilter() {
  const filters = [...document.querySelectorAll('.filter')];
  const current = filters.findIndex((filter) => filter.hasAttribute('aria-current'));
  filters[(current + 1) % filters.length]?.click();
}

/** The marked line is the one that has the focus, so Enter opens it as it does any link. */
function moveMark(step) {
  const links = rowLinks();
  if (links.length === 0) return;
  const index = Math.min(links.length - 1, Math.max(0, placeBefore(links, step) + step));
  links[index].focus();
  remember(links[index], index);
}

function write(mode) {
  const composer = byId('composer');
  const way = composer && modesOf(composer).find((one) => one.value === mode);
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
  showNotice('passing', t('openFirst'), t('openFirstHint', { subject }));
}
