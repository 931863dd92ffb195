// The composer of an open page: its text and its mode stay; what may be sent follows the conversation.

import { recall } from './memory.js';
import { byId, dropNotice, showNotice } from './page.js';

const modesOf = (composer) => [...composer.elements.mode];
export const chosenMode = (composer) => modesOf(composer).find((mode) => mode.checked);

/** Whether there is text that nobody has sent. */
export const isWriting = () => Boolean(byId('content')?.value);

/** Which modes are open follows the conversation. The chosen one stays chosen, also when it cannot be sent any more. */
export function syncComposer(page) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  // It holds for a day or two, and the page may stay open for longer.
  mine.elements.token.value = theirs.elements.token.value;
  const wasBlocked = isBlocked(mine);
  for (const mode of theirs.elements.mode) {
    const same = modesOf(mine).find((one) => one.value === mode.value);
    if (same) same.disabled = mode.disabled;
  }
  byId('composer-state')?.replaceChildren(...byId('composer-state', page).cloneNode(true).childNodes);
  if (isBlocked(mine) && !wasBlocked && isWriting()) sayBlocked();
  if (!isBlocked(mine) && wasBlocked) dropNotice(blockedTitle);
}

const blockedTitle = 'This conversation was resolved meanwhile.';

export const isBlocked = (composer) => chosenMode(composer)?.disabled !== false;

export function sayBlocked() {
  showNotice(
    'conflict',
    blockedTitle,
    'Nothing was sent, and your text is still below. Reopen the conversation to send it, or choose Internal note.',
  );
}

/** After a form: the composer as the server left it, emptied or with what it refused. Another form leaves it alone. */
export function takeOverComposer(page, form) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  if (form !== mine && !byId('content', page).value) return;
  const written = byId('content').value;
  const wasEmpty = !written;
  mine.replaceChildren(...theirs.cloneNode(true).childNodes);
  recall(mine);
  // What comes back is put before what was begun since, and takes nothing of it away.
  if (form !== mine && !wasEmpty && byId('content').value !== written)
    byId('content').value = `${byId('content').value.trimEnd()}\n\n${written}`;
  // Whoever has just sent goes on typing: into the field, and not onto the keys of the page.
  if (form === mine || form.querySelector('[data-take-back], [data-restore]'))
    byId('content').focus({ preventScroll: true });
  // Text that came from elsewhere is to be remembered as if it had been written here.
  if (form !== mine) byId('content').dispatchEvent(new Event('input', { bubbles: true }));
}
