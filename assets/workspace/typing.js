// Knows when somebody is typing: no key and no button acts on a customer in the middle of words.

import { isArmed } from './arm.js';

/** People who type pause for less than this between two letters, in milliseconds. */
const restMs = 800;

const openedAt = performance.now();
let typedAt = Number.NEGATIVE_INFINITY;
let rested = true;
/** The button onto which words were typed, until the focus moves on. */
let typedOnto = null;

/** Must start before anything else that listens to keys. */
export function startTyping() {
  document.addEventListener('keydown', onKeyDown, { capture: true });
  // Browsers press a button when the space bar is let go.
  document.addEventListener('keyup', blockStrayPress, { capture: true });
  document.addEventListener('focusin', () => {
    typedOnto = null;
  });
}

/** Whether nothing was typed in the moment before the current key. */
export const hasRested = () => rested;

/** The same, and the page has been on screen for a moment. */
export const isSettled = () => rested && performance.now() - openedAt > restMs;

/** Whoever leaves a field or confirms a step on purpose is not in the middle of words. */
export function endTyping() {
  typedAt = Number.NEGATIVE_INFINITY;
}

function onKeyDown(event) {
  rested = performance.now() - typedAt > restMs;
  blockStrayPress(event);
  if (event.key === 'Escape') endTyping();
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  typedAt = performance.now();
  if (event.key !== ' ') typedOnto = buttonOf(event);
}

/** Space and Enter press the button that has the focus, also when they belong to words that were meant for a field. */
function blockStrayPress(event) {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  if (isArmed() || typedOnto === null || typedOnto !== buttonOf(event)) return;
  event.preventDefault();
  event.stopPropagation();
}

const buttonOf = ({ target }) => target.closest('form[data-action] button');
