// Keys that act on a customer ask first: the key marks its button, and only Enter after it presses that button. Words
// hold Enter too: in the middle of them, and sooner than the question can be read, it takes Ctrl+Enter.

import { byId, showNotice } from './page.js';
import { t } from './texts.js';

/** An unanswered question is over after this long, in milliseconds. */
const patienceMs = 6_000;

/** A line of one letter goes on with Enter sooner than this, in milliseconds. */
const readMs = 500;

let armed = null;
let timer = null;
let covered = [];
let needsCtrl = false;
let askedAt = 0;

export const isArmed = () => armed !== null;

export function startArming() {
  // Whoever does something else has not answered.
  for (const event of ['pointerdown', 'focusin', 'visibilitychange'])
    document.addEventListener(event, disarm, { capture: true });
}

/** Asks whether the button is meant. */
export function arm(button, { inWords = false } = {}) {
  ask(button, inWords ? 'confirmHintInWords' : 'confirmHint');
}

function ask(button, hint) {
  disarm();
  armed = button;
  needsCtrl = hint !== 'confirmHint';
  askedAt = performance.now();
  button.classList.add('armed');
  covered = [...byId('notice').childNodes];
  showNotice(
    'passing',
    t('armedQuestion', { button: button.innerText.trim() || button.getAttribute('aria-label') }),
    t(hint),
  );
  timer = setTimeout(disarm, patienceMs);
}

export function disarm() {
  if (!armed) return;
  clearTimeout(timer);
  armed.classList.remove('armed');
  armed = null;
  byId('notice').replaceChildren(...covered);
}

/**
 * Ctrl+Enter presses the button if it is still there, and so does Enter where the question was read and no words are being
 * typed. Anything else drops the question. Returns whether the button was pressed.
 */
export function confirmKey(event) {
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return false;
  event.preventDefault();
  const button = armed;
  disarm();
  const isEnter = event.key === 'Enter' && !event.repeat && !event.shiftKey;
  if (!isEnter || !button.isConnected || button.disabled) return false;
  if (!event.ctrlKey && !event.metaKey) {
    if (needsCtrl) return false;
    if (performance.now() - askedAt < readMs) {
      ask(button, 'confirmHintSoon');
      return false;
    }
  }
  button.click();
  return true;
}
