// Keys that act on a customer ask first: the key marks its button, and only Enter right after it presses that button.

import { byId, showNotice } from './page.js';

/** An unanswered question is over after this long, in milliseconds. */
const patienceMs = 6_000;

let armed = null;
let timer = null;
let covered = [];
let askedAt = 0;
let answerAfterMs = 0;

export const isArmed = () => armed !== null;

export function startArming() {
  // Whoever does something else has not answered.
  for (const event of ['pointerdown', 'focusin', 'visibilitychange'])
    document.addEventListener(event, disarm, { capture: true });
}

/** Asks whether the button is meant; an answer sooner than `afterMs` is none. */
export function arm(button, { afterMs = 0 } = {}) {
  disarm();
  armed = button;
  askedAt = performance.now();
  answerAfterMs = afterMs;
  button.classList.add('armed');
  covered = [...byId('notice').childNodes];
  showNotice(
    'passing',
    `${button.innerText.trim() || button.getAttribute('aria-label')}?`,
    'Press Enter to confirm. Any other key cancels.',
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

/** Enter presses the button if it is still there, anything else drops the question. Returns whether it was pressed. */
export function confirmKey(event) {
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return false;
  event.preventDefault();
  const button = armed;
  disarm();
  const isInTime = performance.now() - askedAt >= answerAfterMs;
  const isYes =
    isInTime && event.key === 'Enter' && !event.repeat && !event.shiftKey && !event.ctrlKey && !event.metaKey;
  if (!isYes || !button.isConnected || button.disabled) return false;
  button.click();
  return true;
}
