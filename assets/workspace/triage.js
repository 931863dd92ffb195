// Keys that sort the work of a team: owner, priority, tags, snooze. No customer sees what they do.

import { isComposed } from './layouts.js';
import { byId } from './page.js';

/** A key acts when no other one follows it for so long, in milliseconds: words that are typed beside a field do nothing. */
const aloneMs = 300;

let waiting = null;

const keys = {
  m: () => document.querySelector('#thread-head [data-hotkey="m"]')?.click(),
  u: () => openEditor('edit-priority'),
  t: () => openEditor('edit-tags'),
  s: () => openEditor('edit-snooze'),
  o: () => document.querySelector('#other-conversations a')?.click(),
  v: () => openEditor('narrow'),
  g: () => openEditor('edit-owner'),
};

export function startTriage() {
  for (const event of ['keydown', 'pointerdown'])
    document.addEventListener(event, () => clearTimeout(waiting), { capture: true });
  document.addEventListener('keydown', leaveEditor);
  document.addEventListener('pointerdown', closeOthers);
  document.addEventListener('submit', takeLocalTime, { capture: true });
}

/** Whether the key is one of these; it acts once it has stood alone. */
export function triageKey(key) {
  if (!keys[key]) return false;
  clearTimeout(waiting);
  waiting = setTimeout(keys[key], aloneMs);
  return true;
}

/** What has the focus in an editor that is opened by key, the first of these that it holds. */
const starts = ['[data-first]', '.choice[aria-pressed="true"]', '.choice', 'input:not([type="hidden"])'];

function openEditor(id) {
  const editor = byId(id);
  if (!editor) return;
  editor.open = true;
  const first = starts.map((selector) => editor.querySelector(selector)).find(Boolean);
  first?.focus();
}

const openEditors = () => document.querySelectorAll('details.edit[open]');

function leaveEditor(event) {
  if (isComposed(event)) return;
  if (event.key !== 'Escape') return moveInChoices(event);
  for (const editor of openEditors()) {
    editor.open = false;
    editor.querySelector('summary').focus();
  }
}

/** Arrows move in a list of choices, as in any menu. */
function moveInChoices(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const choice = event.target.closest?.('.choice');
  if (!step || !choice) return;
  event.preventDefault();
  const all = [...choice.closest('.edit-panel').querySelectorAll('.choice')];
  all[(all.indexOf(choice) + step + all.length) % all.length].focus();
}

function closeOthers({ target }) {
  for (const editor of openEditors()) if (!editor.contains(target)) editor.open = false;
}

/** What stands in the field is the operator's own time; the server is told the moment. */
function takeLocalTime({ target: form }) {
  const field = form.querySelector('[data-local-time]');
  if (field?.value) form.elements.until.value = new Date(field.value).toISOString();
}
