// The queue of an open page: kept up to date without moving its lines about.

import { announce, byId } from './page.js';
import { replace } from './replace.js';
import { refreshTimes } from './times.js';

const rowIds = (region) => [...region.querySelectorAll('.row')].map((row) => row.dataset.id);

/** Lines that come, go or change places would jump under the pointer: then they are offered instead. */
export function queueWouldJump(region, newer) {
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
