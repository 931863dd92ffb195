// The queue of an open page: kept up to date without moving its lines about.

import { announce, byId } from './page.js';
import { showPresence } from './presence.js';
import { replace } from './replace.js';
import { countSelected } from './select.js';
import { t } from './texts.js';
import { refreshTimes } from './times.js';

const rowIds = (region) => [...region.querySelectorAll('.row')].map((row) => row.dataset.id);

const ticked = (region) => [...region.querySelectorAll('#bulk input[name="id"]:checked')].map((box) => box.value);

/** A page that was fetched in advance shows the queue of that moment: its first update is part of opening it. */
let isOpening = performance.getEntriesByType('navigation')[0]?.deliveryType === 'navigational-prefetch';

/** Lines that come, go or change places would jump under the pointer: then they are offered instead. */
export function updateQueue(region, newer, told) {
  const opens = isOpening && !region.contains(document.activeElement);
  isOpening = false;
  const moves = rowIds(region).join() !== rowIds(newer).join();
  // Whoever ticks lines has them in view, also while a form of the thread is answered.
  if (ticked(region).length > 0) return moves && offerQueue(newer.cloneNode(true));
  // Nobody looks for a line's place in an empty queue.
  if (told || opens || !moves || rowIds(region).length === 0) return replaceQueue(region, newer);
  updateRowsInPlace(region, newer);
  offerQueue(newer.cloneNode(true));
}

let offered = null;

function offerQueue(newer) {
  offered = newer;
  const pill = byId('new-activity');
  if (pill?.hidden) announce(t('newActivityInQueue'));
  if (pill) pill.hidden = false;
}

function replaceQueue(region, newer) {
  const chosen = new Set(ticked(region));
  replace(region, newer);
  for (const box of region.querySelectorAll('#bulk input[name="id"]')) if (chosen.has(box.value)) box.checked = true;
  offered = null;
  byId('new-activity').hidden = true;
  countSelected();
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
    replaceQueue(byId('queue'), offered);
    showPresence();
    byId('queue').scrollTo({ top: 0 });
  });
  document.querySelector('.filter[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  document.querySelector('.row-link[aria-current]')?.scrollIntoView({ block: 'nearest' });
}
