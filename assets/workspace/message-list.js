// Brings a list of messages up to date message by message: what is the same stays as it is, with a selection in it.

import { isSame, keeping, replace } from './replace.js';
import { refreshTimes } from './times.js';

/** Takes over what is new in `newer`, and keeps the older messages that its page no longer reaches back to. */
export function updateMessages(region, newer) {
  const list = region.querySelector('.messages');
  const theirs = newer.querySelector('.messages');
  const first = theirs && [...theirs.querySelectorAll('.message')].findIndex((message) => mineOf(list, message));
  // Nothing in common: an empty thread before its first message, or one that has moved on by a whole page.
  if (!list || !theirs || first !== 0) return replace(region, newer);
  refreshTimes(newer);
  keeping(region, () => merge(list, theirs));
  refreshTimes(region);
}

const mineOf = (list, message) => list?.querySelector(`:scope > #${CSS.escape(message.id)}`);

function merge(list, theirs) {
  let before = null;
  for (const message of theirs.querySelectorAll('.message')) {
    const mine = mineOf(list, message);
    const stays = mine && mine.className === message.className && isSame(mine, message);
    const next = stays ? mine : message.cloneNode(true);
    if (!mine) before.after(next);
    else if (!stays) mine.replaceWith(next);
    before = next;
  }
}
