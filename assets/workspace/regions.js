// Brings the page that is open up to date with a newer version of it, region by region.

import { askAgain, setAside } from './arm.js';
import { syncComposer } from './composer.js';
import { updateDrafts } from './drafts.js';
import { sayFactsChanged } from './facts.js';
import { takeOverMessages } from './messages.js';
import { clearReadNotice, noticeChanged } from './notices.js';
import { byId } from './page.js';
import { showPresence } from './presence.js';
import { updateQueue } from './queue.js';
import { replace } from './replace.js';
import { keepSeen } from './seen.js';
import { watchingStep } from './step.js';
import { setServerTime } from './times.js';
import { showWaiting } from './waiting.js';

/** Takes over what has changed. `form`: the page answers it, so the notice and the queue come along, and it is done with. */
export function takeOver(page, form = null) {
  const told = form !== null;
  const question = setAside();
  setServerTime(page);
  keepSeen(page, form);
  for (const region of document.querySelectorAll('[data-live]')) {
    const newer = byId(region.id, page);
    if (!newer) continue;
    if (region.id === 'notice' && !told) continue;
    if (region.id === 'queue') updateQueue(region, newer, told);
    else if (region.id === 'messages') takeOverMessages(region, newer, told);
    else if (region.id === 'thread-head' && !told) updateHead(region, newer);
    else if (region.id === 'drafts' && !told) updateDrafts(region, newer);
    else replace(region, newer, told && region.contains(form));
  }
  showPresence();
  if (told) noticeChanged();
  else clearReadNotice();
  syncComposer(page, form);
  showWaiting(page);
  askAgain(question, page);
}

function updateHead(head, newer) {
  sayFactsChanged(head, newer);
  watchingStep(() => replace(head, newer));
}
