// Resolve and Reopen share one place: a press that was meant for the one does not reach the other.

import { byId, showNotice } from './page.js';
import { t } from './texts.js';

/** So long after one has taken the other's place, in milliseconds, nobody can have seen it. */
const readMs = 1_500;

let changedAt = Number.NEGATIVE_INFINITY;

const step = () => document.querySelector('#thread-head [data-key="e"]')?.form;

export function startStep() {
  document.addEventListener('submit', holdUnseen, { capture: true });
}

/** Runs what brings the page up to date, and notes whether it exchanges the step. */
export function watchingStep(update) {
  const before = step()?.action;
  update();
  const after = step()?.action;
  if (before && after && before !== after) changedAt = performance.now();
}

function holdUnseen(event) {
  if (event.target !== step() || performance.now() - changedAt > readMs) return;
  event.preventDefault();
  event.stopPropagation();
  if (byId('notice')) showNotice('passing', t('stepChanged'), t('stepChangedHint'));
}
