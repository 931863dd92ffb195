// The composer of an open page: its words stay, what may be done with them follows the conversation.

import { recall } from './memory.js';
import { byId } from './page.js';

/** What may be written follows the conversation's state; the words and the chosen way stay. */
export function syncComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  // It holds for a day or two, and the page may stay open for longer.
  mine.elements.token.value = theirs.elements.token.value;
  for (const way of theirs.elements.mode) {
    const same = [...mine.elements.mode].find((one) => one.value === way.value);
    if (same) same.disabled = way.disabled;
  }
  const chosen = [...mine.elements.mode].find((way) => way.checked);
  if (chosen?.disabled) [...mine.elements.mode].find((way) => !way.disabled).checked = true;
}

/** After a form: the composer as the server left it, emptied or with what it refused. Another form leaves it alone. */
export function takeOverComposer(page, form) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  if (form !== mine && !byId('content', page).value) return;
  const wasEmpty = !byId('content').value;
  mine.replaceChildren(...theirs.cloneNode(true).childNodes);
  recall(mine);
  // Words that came from elsewhere are to be remembered as if they had been written here.
  if (form !== mine && wasEmpty) byId('content').dispatchEvent(new Event('input', { bubbles: true }));
}
