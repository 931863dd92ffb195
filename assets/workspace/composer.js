// The composer of an open page: its text and its mode stay; what may be sent follows the conversation.

import { chooseMode, recall } from './memory.js';
import { byId, dropNotice, showNotice } from './page.js';
import { t } from './texts.js';

export const modesOf = (composer) => [...composer.querySelectorAll('[name="mode"]')];
export const chosenMode = (composer) => modesOf(composer).find((mode) => mode.checked);

export function startComposer() {
  const open = (field) => field.closest('#composer')?.classList.add('composer-open');
  // Not for a mode that is pressed: it would move away under the pointer.
  document.addEventListener(
    'focusin',
    ({ target }) => target.matches('#composer :is(textarea, :focus-visible)') && open(target),
  );
  document.addEventListener('change', ({ target }) => open(target));
}

/** Whoever leaves it without a word gives its room back. Not at a click: what is clicked would move away. */
export function foldComposer() {
  if (!isWriting()) byId('composer')?.classList.remove('composer-open');
}

/** Whether there is text that nobody has sent. */
export const isWriting = () => Boolean(byId('content')?.value);

/** Which modes are open follows the conversation. The chosen one stays chosen, also when it cannot be sent any more. */
export function syncComposer(page, form) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  // It holds for a day or two, and the page may stay open for longer.
  mine.elements.token.value = theirs.elements.token.value;
  const wasBlocked = isBlocked(mine);
  for (const mode of modesOf(theirs)) {
    const same = modesOf(mine).find((one) => one.value === mode.value);
    if (same) same.disabled = mode.disabled;
  }
  byId('composer-state')?.replaceChildren(...(byId('composer-state', page)?.cloneNode(true).childNodes ?? []));
  if (!form && editedIn(mine) && !isWaiting(editedIn(mine), page)) sayDealtWith();
  // What it held was sent by the step that resolved it.
  if (isBlocked(mine) && !wasBlocked && isWriting() && form !== mine) sayBlocked();
  if (!isBlocked(mine) && wasBlocked) dropNotice(t('blocked'));
}

const editedIn = (composer) => composer.querySelector('[data-draft]')?.dataset.draft;

/** Whether a draft can still be sent, by a newer version of the page. */
const isWaiting = (id, page) =>
  editedIn(byId('composer', page)) === id ||
  byId(`draft-${id}`, page)?.querySelector('form[action$="/approve"]') != null;

let toldOf = null;

/** The draft that is being edited was sent or dropped by somebody else; said once. */
function sayDealtWith() {
  const id = editedIn(byId('composer'));
  if (toldOf === id) return;
  toldOf = id;
  showNotice('conflict', t('draftDealtWith'), t('draftDealtWithHint'));
}

export const isBlocked = (composer) => chosenMode(composer)?.disabled !== false;

export function sayBlocked() {
  showNotice('conflict', t('blocked'), t('blockedHint'));
}

/**
 * After a form: the composer as the server left it, emptied or with what it refused. Another form leaves it alone. `sent`:
 * the fields that the form was sent with; what was typed or chosen since then stays.
 */
export function takeOverComposer(page, form, sent) {
  const [mine, theirs] = [byId('composer'), byId('composer', page)];
  if (!mine || !theirs) return;
  if (form !== mine && !byId('content', page).value) return;
  const [before, mode] = [byId('content').value, chosenMode(mine)?.value];
  const isOwn = form === mine;
  const written = isOwn ? writtenSince(sent.get('content'), before) : before;
  // Whoever has just sent, or taken back, goes on typing: into the field, and not onto the keys of the page.
  const goesOn = isOwn ? isHere(mine) : form.matches(':has([data-take-back], [data-restore])');
  const newer = theirs.cloneNode(true);
  mine.replaceWith(newer);
  recall(newer);
  if (isOwn && (written || mode !== sent.get('mode'))) chooseMode(newer, mode);
  const field = byId('content');
  // What comes back is put before what was begun since, and takes nothing of it away.
  if (isOwn && field.value === sent.get('content')) field.value = before;
  else if (written && field.value !== before)
    field.value = [field.value, written].filter(Boolean).join(isOwn ? '' : '\n\n');
  if (goesOn) field.focus({ preventScroll: true });
  // Text that came from elsewhere is to be remembered as if it had been written here.
  if (!isOwn || written) field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** What a form held has been sent: of its text only what was written since then is still to be remembered. */
export function dropSent(form, sent) {
  const field = form.elements.content;
  if (!field) return;
  field.value = writtenSince(sent.get('content'), field.value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Whether the focus is in the composer, or nowhere: not every browser gives it to a button that is clicked. */
const isHere = (composer) =>
  [document.body, null].includes(document.activeElement) || composer.contains(document.activeElement);

/** What was added to a text while it was on its way; all of it where more than its end was changed. */
const writtenSince = (sent, now) => (now.startsWith(sent) ? now.slice(sent.length) : now);

/** The page asks for itself anew with the draft that is being edited. */
export function keepEdited() {
  const draftId = editedIn(byId('composer') ?? document);
  const address = new URL(location.href);
  if (draftId) address.searchParams.set('edit', draftId);
  if (address.href !== location.href) history.replaceState(null, '', address);
}
