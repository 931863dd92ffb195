// Saved replies: found by typing "/" in the composer, read before they are inserted.

import { isComposed } from './layouts.js';
import { announce, byId, showNotice } from './page.js';
import { t } from './texts.js';

/** A slash at the beginning of a word, and what was typed after it. */
const asked = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

/** A variable that nothing was filled into. */
const gap = /\{\{[^{}\n]+\}\}/;

const maxShown = 8;

let replies = null;
let loadedFor = null;
let shown = [];
let chosen = 0;
/** The text in which the list was closed: it stays closed while one types on. */
let closedAt = null;

export function startSavedReplies() {
  document.addEventListener('input', ({ target, isTrusted }) => target.id === 'content' && isTrusted && look());
  document.addEventListener('keydown', onKey, { capture: true });
  document.addEventListener('focusout', ({ target }) => target.id === 'content' && close());
  document.addEventListener('click', (event) => {
    if (!event.target.closest('#saved-replies')) return;
    event.preventDefault();
    begin();
  });
}

/** The button does what the key does. */
function begin() {
  const field = byId('content');
  field.focus();
  const before = field.value.slice(0, field.selectionStart);
  field.setRangeText(before === '' || /\s$/.test(before) ? '/' : ' /', field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  look();
}

async function look() {
  const field = byId('content');
  const word = wordAt(field);
  if (word === null || word.start === closedAt) {
    if (word === null) closedAt = null;
    return hide();
  }
  await load();
  if (wordAt(field)?.text !== word.text) return;
  const wanted = word.text.toLowerCase();
  shown = replies.filter((reply) => matches(reply, wanted)).slice(0, maxShown);
  chosen = 0;
  if (shown.length === 0) return hide(word.text === '' ? t('savedRepliesNone') : null);
  show();
}

function wordAt(field) {
  if (byId('composer')?.querySelector('[name="mode"]:checked')?.value !== 'reply') return null;
  const before = field.value.slice(0, field.selectionStart);
  const found = asked.exec(before);
  return found && { text: found[1], start: before.length - found[1].length - 1 };
}

const matches = ({ name, title }, wanted) =>
  name.toLowerCase().includes(wanted) || title.toLowerCase().replace(/\s+/g, '-').includes(wanted);

async function load() {
  const address = byId('saved-replies')?.dataset.replies;
  if (!address || (replies && loadedFor === address)) {
    replies ??= [];
    return;
  }
  loadedFor = address;
  try {
    const response = await fetch(address, { headers: { accept: 'application/json' } });
    replies = response.ok ? (await response.json()).replies : [];
  } catch {
    replies = [];
    loadedFor = null;
  }
}

function show() {
  const picker = byId('reply-picker') ?? document.createElement('div');
  picker.id = 'reply-picker';
  picker.className = 'picker';
  const list = document.createElement('ul');
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', t('savedRepliesList'));
  list.id = 'reply-list';
  list.append(...shown.map(option));
  picker.replaceChildren(list, preview(shown[chosen]));
  if (!picker.isConnected) byId('composer').before(picker);
  const field = byId('content');
  field.setAttribute('aria-controls', 'reply-list');
  field.setAttribute('aria-activedescendant', `reply-${chosen}`);
  list.children[chosen].scrollIntoView({ block: 'nearest' });
  announce(t('savedReplyChosen', { title: shown[chosen].title, number: chosen + 1, total: shown.length }));
}

function option(reply, index) {
  const item = document.createElement('li');
  item.id = `reply-${index}`;
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', String(index === chosen));
  item.textContent = reply.title;
  // Before the field loses the focus by it.
  item.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    insert(reply);
  });
  item.addEventListener('pointerenter', () => {
    if (chosen === index) return;
    chosen = index;
    show();
  });
  return item;
}

function preview(reply) {
  const box = document.createElement('div');
  box.className = 'picker-preview';
  const text = document.createElement('div');
  text.className = 'prose';
  text.dir = 'auto';
  text.textContent = reply.text;
  box.append(text);
  if (reply.missing.length > 0) {
    const missing = document.createElement('p');
    missing.className = 'draft-warning';
    missing.textContent = t('notKnownHere', { names: reply.missing.join(', ') });
    box.append(missing);
  }
  return box;
}

function hide(words = null) {
  byId('reply-picker')?.remove();
  const field = byId('content');
  field?.removeAttribute('aria-controls');
  field?.removeAttribute('aria-activedescendant');
  shown = [];
  if (words) announce(words);
}

function close() {
  if (byId('reply-picker')) closedAt = wordAt(byId('content'))?.start ?? null;
  hide();
}

function onKey(event) {
  if (event.target.id !== 'content' || !byId('reply-picker') || isComposed(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const act = step
    ? () => move(step)
    : { Enter: () => insert(shown[chosen]), Tab: () => insert(shown[chosen]), Escape: close }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function move(step) {
  chosen = (chosen + step + shown.length) % shown.length;
  show();
}

function insert(reply) {
  const field = byId('content');
  const word = wordAt(field);
  if (!word) return hide();
  field.setRangeText(reply.text, word.start, field.selectionStart, 'end');
  hide();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  announce(t('savedReplyInserted', { title: reply.title }));
  if (reply.missing.length > 0)
    showNotice('passing', t('notFilledIn', { names: reply.missing.join(', ') }), t('notFilledInHint'));
}

let passed = null;

/** A text with a gap is held once. */
export function holdsGap(form) {
  const text = form.elements.content?.value ?? '';
  const found = gap.exec(text)?.[0];
  if (!found || passed === text) return false;
  passed = text;
  showNotice('conflict', t('gap', { name: found }), t('gapHint'));
  return true;
}
