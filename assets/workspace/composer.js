// The composer of an open page: its words stay, what may be done with them follows the conversation.

import { byId } from './page.js';

/** What may be written follows the conversation's state; the words and the chosen way stay. */
export function syncComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  for (const way of theirs.elements.mode) {
    const same = [...mine.elements.mode].find((one) => one.value === way.value);
    if (same) same.disabled = way.disabled;
  }
  const chosen = [...mine.elements.mode].find((way) => way.checked);
  if (chosen?.disabled) [...mine.elements.mode].find((way) => !way.disabled).checked = true;
}

/** After a form: the composer as the server left it, emptied or with what it refused. */
export function takeOverComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  mine.replaceChildren(...theirs.cloneNode(true).childNodes);
}
