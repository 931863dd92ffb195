// Keeps what was written and not sent, with its mode: per operator, conversation and draft, as long as the tab lives.

import { chosenMode, modesOf } from './composer.js';

const key = (field) => `cairnloop:unsent:${document.documentElement.dataset.operator}:${field.dataset.remember}`;

export function startMemory() {
  document.addEventListener('input', ({ target }) => remember(target));
  document.addEventListener('change', ({ target }) => target.name === 'mode' && remember(target.form.elements.content));
  document.addEventListener('click', ({ target }) => {
    const cancel = target.closest?.('[data-forget]');
    if (cancel) forget(cancel.closest('form'));
  });
  recall(document);
}

function remember(field) {
  if (!field?.matches?.('textarea[data-remember]')) return;
  if (!field.value) return sessionStorage.removeItem(key(field));
  const mode = field.form.elements.mode ? chosenMode(field.form)?.value : undefined;
  sessionStorage.setItem(key(field), JSON.stringify({ text: field.value, mode }));
}

/** Puts back what was written into the fields of `root`: into empty ones, and over a draft's own text. */
export function recall(root) {
  for (const field of root.querySelectorAll('textarea[data-remember]')) {
    const kept = read(key(field));
    if (kept === null || kept.text === field.value || (field.value && !field.hasAttribute('data-drafted'))) continue;
    field.value = kept.text;
    chooseMode(field.form, kept.mode);
    // What follows a field, such as the comparison of a draft, is to know of it.
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** A note comes back as a note, and a reply as a reply, even where it cannot be sent now. */
export function chooseMode(form, value) {
  const mode = modesOf(form).find((one) => one.value === value);
  if (mode) mode.checked = true;
}

function read(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name));
    return typeof kept?.text === 'string' ? kept : null;
  } catch {
    return null;
  }
}

/** What a form held has been sent, or is not wanted any more. */
export function forget(form) {
  for (const field of form.querySelectorAll('textarea[data-remember]')) sessionStorage.removeItem(key(field));
}
