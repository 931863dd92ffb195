// What is not done yet: counts down to it, and takes it back by key while there is time.

import { backToLeft } from './advance.js';
import { chosenMode, isWriting } from './composer.js';
import { commandOf } from './layouts.js';
import { refresh } from './live.js';
import { t } from './texts.js';
import { serverNow } from './times.js';

/** So long after its time, in milliseconds, an action that nobody has carried out is said to wait. */
const overdueMs = 10_000;

/** And so long after it the page looks by itself, in case its stream is down. */
const lookAfterMs = 1_500;

const looked = new Set();

export function startPending() {
  setInterval(countDown, 250);
  if (location.hash === '#take-back') {
    history.replaceState(null, '', location.pathname + location.search);
    takeBack();
  }
  document.addEventListener('submit', keepApart, { capture: true });
  document.addEventListener('keydown', (event) => {
    const isUndo = commandOf(event) === 'z' && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!isUndo || event.target.id !== 'content' || event.target.value || !newest()) return;
    event.preventDefault();
    takeBack();
  });
}

const newest = () => [...document.querySelectorAll('[data-take-back]')].at(-1);

/** Takes back what this operator asked for last: here, or on the page before this one. */
export function takeBack() {
  if (newest()) newest().click();
  else backToLeft();
}

function countDown() {
  for (const chip of document.querySelectorAll('[data-until]')) {
    const left = Date.parse(chip.dataset.until) - serverNow();
    write(chip, wordsFor(chip, left));
    if (chip.dataset.over && left <= 0) chip.closest('form').querySelector('[data-take-back]').disabled = true;
    if (left > -lookAfterMs || looked.has(chip.dataset.until)) continue;
    looked.add(chip.dataset.until);
    refresh();
  }
}

function wordsFor({ dataset }, left) {
  const stem = dataset.doing;
  if (dataset.over && left <= 0) return t(dataset.over);
  if (left > 0) return t(`${stem}In`, { seconds: Math.ceil(left / 1000) });
  return t(left > -overdueMs ? `${stem}Now` : `${stem}Overdue`);
}

function write(chip, words) {
  if (chip.textContent !== words) chip.textContent = words;
}

/** A reply is not put among the words of a note: while one is being written, it stays in the thread. */
function keepApart({ target: form }) {
  const composer = document.getElementById('composer');
  if (!form.querySelector?.('[data-take-back], [data-restore]') || !composer) return;
  if (!isWriting() || chosenMode(composer)?.value === 'reply') return;
  if (form.elements.keep) return;
  const keep = document.createElement('input');
  keep.type = 'hidden';
  keep.name = 'keep';
  keep.value = '1';
  form.append(keep);
}
