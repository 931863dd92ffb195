// Keys that act on a customer ask first: the key marks its button, and only Enter after it presses that button. Words
// hold Enter too: in the middle of them, and sooner than the question can be read, it takes Ctrl+Enter.

import { byId, showNotice } from './page.js';
import { t } from './texts.js';

/** An unanswered question is over after this long, in milliseconds. */
const patienceMs = 6_000;

/** A line of one letter goes on with Enter sooner than this, in milliseconds. */
const readMs = 500;

/** The open question: its button, what it is about, its words on the page, and the notice that they cover. */
let question = null;
let timer = null;

export const isArmed = () => question !== null;

export function startArming() {
  // Whoever does something else has not answered.
  for (const event of ['pointerdown', 'focusin', 'visibilitychange'])
    document.addEventListener(event, disarm, { capture: true });
  const notice = byId('notice');
  // What takes its place matters more, and a question that nobody can see has no answer.
  if (notice) new MutationObserver(() => !isShown() && disarm()).observe(notice, { childList: true });
}

/** Asks whether the button is meant. */
export function arm(button, { inWords = false } = {}) {
  disarm();
  // A question has to be seen.
  if (!byId('notice')) return;
  const hint = inWords ? 'confirmHintInWords' : 'confirmHint';
  ask({ button, hint, subject: subjectOf(button), askedAt: performance.now() });
}

function ask({ button, hint, subject, askedAt }) {
  const notice = byId('notice');
  const covered = [...notice.childNodes];
  showNotice(
    'passing',
    t('armedQuestion', { button: button.innerText.trim() || button.getAttribute('aria-label') }),
    t(hint),
  );
  button.classList.add('armed');
  question = { button, hint, subject, askedAt, covered, words: notice.firstElementChild };
  timer = setTimeout(disarm, askedAt + patienceMs - performance.now());
}

const isShown = () => question?.words.isConnected === true;

export function disarm() {
  if (!question) return;
  clearTimeout(timer);
  const { button, covered } = question;
  button.classList.remove('armed');
  if (isShown()) byId('notice').replaceChildren(...covered);
  question = null;
}

/** Before the page is brought up to date: puts the question aside, for `askAgain`. */
export function setAside() {
  const open = question;
  disarm();
  return open;
}

/**
 * After it, with the newer version of the page: asks the same question again, unless what it is about has changed or the
 * update brought a warning.
 */
export function askAgain(open, page) {
  if (!open) return;
  const button = sameButton(open.button);
  const warning = byId('notice').querySelector('.notice-conflict, .notice-error');
  if (!button || button.disabled || (warning && !open.covered.includes(warning))) return;
  if (subjectOf(button, page) === open.subject) ask({ ...open, button });
}

/** What the answer is about: the button, the draft with all that is said of it, and what others have written and done. */
function subjectOf(button, page = document) {
  const step = document.querySelector('.thread-actions [data-key="e"]');
  return JSON.stringify([
    nameOf(button),
    button.closest('.draft')?.textContent,
    step && button !== step && nameOf(step),
    newestOfOthers(page),
  ]);
}

const ownMessage = '[data-own], .message-system, .message-sending, :has([data-take-back])';

/** One's own words change nothing for who has sent them. An older part of a thread does not show what comes in. */
function newestOfOthers(page) {
  const region = byId('messages', page);
  if (!region?.hasAttribute('data-live')) return region?.dataset.newest;
  return [...region.querySelectorAll(`.message:not(${ownMessage})`)].at(-1)?.id;
}

function sameButton(button) {
  if (button.isConnected) return button;
  return [...document.querySelectorAll('button')].find((one) => nameOf(one) === nameOf(button));
}

/** What makes a button the same in two versions of a page. */
function nameOf(button) {
  const action = button.getAttribute('formaction') ?? button.closest('form')?.getAttribute('action');
  return `${action} ${button.name} ${button.value}`;
}

/**
 * Ctrl+Enter presses the button if it is still there, and so does Enter where the question was read and no words are being
 * typed. Anything else drops the question. Returns whether the button was pressed.
 */
export function confirmKey(event) {
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return false;
  event.preventDefault();
  const open = isShown() ? question : null;
  disarm();
  const isEnter = event.key === 'Enter' && !event.repeat && !event.shiftKey;
  if (!open || !isEnter || !open.button.isConnected || open.button.disabled) return false;
  if (!event.ctrlKey && !event.metaKey) {
    if (open.hint !== 'confirmHint') return false;
    if (performance.now() - open.askedAt < readMs) {
      ask({ ...open, hint: 'confirmHintSoon' });
      return false;
    }
  }
  open.button.click();
  return true;
}
