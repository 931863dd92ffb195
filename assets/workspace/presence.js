// Who else has a conversation open or writes in it, as the stream tells it; and says so of this page.

import { byId } from './page.js';
import { tCount } from './texts.js';

const base = document.documentElement.dataset.base;

/** The server forgets a writer after a little longer than this, in milliseconds. */
const sayEveryMs = 3_000;
/** A stream that is gone is soon there again: until then what it told last stands, for so long. */
const staleMs = 6_000;

/** Lines of conversation, name, and whether they write. */
let present = [];
let stale = null;
let saidAt = Number.NEGATIVE_INFINITY;

export function startPresence() {
  document.addEventListener('input', ({ target, isTrusted }) => {
    if (isTrusted && target.matches('#main textarea') && target.value) sayTyping(target.form);
  });
}

export function hearPresence(lines) {
  clearTimeout(stale);
  present = lines;
  showPresence();
}

export function presenceLost() {
  clearTimeout(stale);
  stale = setTimeout(() => hearPresence([]), staleMs);
}

/** Also after the queue was replaced: its new lines know nothing of it. */
export function showPresence() {
  for (const row of document.querySelectorAll('.row')) {
    const text = wordsOf(row.dataset.id, 'haveOpen');
    const line = row.querySelector('.row-text');
    if (text) line.dataset.present = text;
    else delete line.dataset.present;
  }
  const line = byId('presence');
  if (!line) return;
  const text = wordsOf(byId('queue')?.dataset.openid, 'readToo');
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === '';
}

function wordsOf(id, text) {
  const here = present.filter(([conversation]) => conversation === id);
  const writing = here.filter(([, , isTyping]) => isTyping).map(([, name]) => name);
  const reading = here.filter(([, , isTyping]) => !isTyping).map(([, name]) => name);
  const parts = [sentence(writing, 'areWriting'), sentence(reading, text)];
  return parts.filter(Boolean).join(' · ');
}

const sentence = (names, text) =>
  names.length === 0 ? '' : tCount(text, names.length, { names: names.slice(0, 3).join(', ') });

function sayTyping(form) {
  const id = byId('queue')?.dataset.openid;
  const token = form?.elements.token?.value;
  if (!id || !token || performance.now() - saidAt < sayEveryMs) return;
  saidAt = performance.now();
  // Nobody waits for it, and nothing is lost with it.
  fetch(`${base}/c/${id}/typing`, { method: 'POST', body: new URLSearchParams({ token }) }).catch(() => {});
}
