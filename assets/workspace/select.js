// Ticking lines of the queue: all of them, a range with Shift, the marked one with x.

import { byId } from './page.js';
import { tCount } from './texts.js';

const boxes = () => [...document.querySelectorAll('#bulk input[name="id"]')];
export const tickedBoxes = () => boxes().filter((box) => box.checked);

/** The line that was ticked last: a range begins there. */
let last = null;

const kept = 'cairnloop:tick';

export function startSelect() {
  document.addEventListener('click', ({ target, shiftKey }) => {
    if (target.matches('#bulk input[name="id"]')) tick(target, shiftKey);
  });
  document.addEventListener('change', ({ target }) => {
    if (target.id === 'select-all') for (const box of boxes()) box.checked = target.checked;
    if (target.closest('#bulk')) countSelected();
  });
  document.addEventListener('reset', () => setTimeout(countSelected));
  // A page that is come back to has its boxes ticked again, after its script has run.
  addEventListener('pageshow', countSelected);
  tickKept();
}

function tick(box, isRange) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
  if (isRange && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  last = box;
  countSelected();
}

export function countSelected() {
  const form = byId('bulk');
  if (!form) return;
  const [count, all] = [tickedBoxes().length, boxes().length];
  byId('selected').textContent = tCount('selected', count);
  for (const button of form.querySelectorAll('[type="submit"]')) button.disabled = count === 0;
  const every = byId('select-all');
  every.checked = count > 0 && count === all;
  every.indeterminate = count > 0 && count < all;
}

/** Ticks the marked line; where lines cannot be ticked yet, goes to where they can, with this one ticked. */
export function tickMarked(isRange) {
  const row = document.activeElement?.closest('.row') ?? document.querySelector('.row:has([aria-current])');
  if (!row) return;
  const box = row.querySelector('input[name="id"]');
  if (!box) {
    sessionStorage.setItem(kept, row.dataset.id);
    return byId('select-switch')?.click();
  }
  box.checked = isRange || !box.checked;
  tick(box, isRange);
}

function tickKept() {
  const id = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  const box = id === null ? null : boxes().find((one) => one.closest('.row').dataset.id === id);
  if (!box) return;
  box.checked = true;
  last = box;
  countSelected();
  box.closest('.row').querySelector('.row-link').focus();
}
