// Knows when somebody is typing: no key and no button acts on a customer in the middle of words.

import { arm, isArmed } from './arm.js';
import { commandOf, isComposed } from './layouts.js';

/** People who type pause for less than this between two letters, in milliseconds. */
const restMs = 800;

/** And for less than this between two words of a sentence. */
const sentenceMs = 3_000;

/** So many letters in a row are words. Two may be two commands. */
const wordLength = 3;
const commands = 'jkaerndwpfzmtsuogxv/?';

const textField = 'textarea, input:not([type="checkbox"], [type="radio"])';

const kept = 'cairnloop:words-at';

const openedAt = performance.now();
let typedAt = Number.NEGATIVE_INFINITY;
/** When the last key of a sentence came; also of one that began on the page before this one. */
let wordsAt = wordsOfLastPage();
/** When a key came last that is no command of the page. */
let wroteAt = Number.NEGATIVE_INFINITY;
/** How many letters have come without a rest between them. */
let streak = 0;
let rested = true;
let settled = false;
let lastKey = '';
let lastKeyAt = Number.NEGATIVE_INFINITY;
let escaped = false;
let isAway = false;
/** Where each key that is held was pressed. */
const pressedAt = new Map();
/** The button onto which words were typed, until the focus moves on. */
let typedOnto = null;
/** Browsers press a button when the space bar is let go: that belongs to the key that was held back. */
let heldBack = false;

/** Must start before anything else that listens to keys. */
export function startTyping() {
  document.addEventListener('keydown', onKeyDown, { capture: true });
  document.addEventListener('keyup', (event) => event.key === ' ' && heldBack && stop(event), { capture: true });
  document.addEventListener('focusin', () => {
    typedOnto = null;
  });
  // Words that were begun in another window go on in this one.
  for (const event of ['blur', 'pagehide']) addEventListener(event, leaveWindow);
  for (const event of ['focus', 'pageshow']) addEventListener(event, comeBack);
  document.addEventListener('visibilitychange', () => (document.hidden ? leaveWindow() : comeBack()));
  addEventListener('pagehide', () => {
    if (isInWords()) sessionStorage.setItem(kept, String(Date.now() - (performance.now() - wordsAt)));
    else sessionStorage.removeItem(kept);
  });
}

function leaveWindow() {
  isAway = true;
}

function comeBack() {
  if (isAway) typedAt = performance.now();
  isAway = false;
}

function wordsOfLastPage() {
  const age = Date.now() - Number(sessionStorage.getItem(kept) ?? 0);
  return age < sentenceMs ? openedAt - age : Number.NEGATIVE_INFINITY;
}

const isInWords = () => performance.now() - wordsAt < sentenceMs;

const isWriting = () => isInWords() || performance.now() - wroteAt < sentenceMs;

/** Whether nothing was typed in the moment before the current key. */
export const hasRested = () => rested;

/** The same, no sentence is being typed, and the page has been on screen for a moment. */
export const isSettled = () => settled;

/** Whether the key before the current one was Escape: no word has it in it. */
export const isAfterEscape = () => escaped;

/** Whoever leaves a field or confirms a step on purpose is not in the middle of words. */
export function endTyping() {
  typedAt = Number.NEGATIVE_INFINITY;
  wordsAt = Number.NEGATIVE_INFINITY;
  wroteAt = Number.NEGATIVE_INFINITY;
}

function onKeyDown(event) {
  if (isHeldElsewhere(event)) return stop(event);
  const now = performance.now();
  if (isComposed(event)) return compose(now);
  escaped = lastKey === 'Escape' && now - lastKeyAt < sentenceMs;
  [lastKey, lastKeyAt] = [event.key, now];
  rested = now - typedAt > restMs;
  settled = rested && !isWriting() && now - openedAt > restMs;
  heldBack = false;
  if (event.key === 'Escape') endTyping();
  if (event.key === 'Enter' || event.key === ' ') holdStrayPress(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Tab' || event.key === 'Enter') goOn(now);
  if (event.key.length !== 1) return;
  note(event, now);
  if (event.key !== ' ') typedOnto = buttonOf(event);
}

/** A key that led into a field and is still held types nothing there; one that is held on a button presses it once. */
function isHeldElsewhere({ repeat, code, key, target }) {
  if (!repeat) pressedAt.set(code, target);
  else if (target.matches(`${textField}, select`)) return pressedAt.get(code) !== target;
  return repeat && key === 'Enter' && target.matches('form[data-action] button');
}

/** Text that is being composed is words, whatever its keys say. */
function compose(now) {
  [escaped, rested, settled, heldBack] = [false, false, false, false];
  [lastKey, typedAt, wordsAt, wroteAt] = ['', now, now, now];
}

/** Tab and Enter belong to the sentence in which they come. */
function goOn(now) {
  const [inWords, writing] = [isInWords(), isWriting()];
  if (inWords) wordsAt = now;
  if (writing) wroteAt = now;
}

function note(event, now) {
  const { key, target } = event;
  // An answer to a question is no text, unless words go on with it.
  const isAnswer = isArmed() && key !== ' ';
  if (!isAnswer) streak = rested ? 1 : streak + 1;
  if (isInWords() || streak >= wordLength) wordsAt = now;
  // In a field no letter is a command.
  const isCommand = commands.includes(commandOf(event)) && !target.matches?.(textField);
  const isText = key === ' ' ? isArmed() : !isAnswer && !isCommand;
  if (isInWords() || isText) wroteAt = now;
  typedAt = now;
}

/**
 * Space and Enter press the button that has the focus, also when they belong to words that were meant for a field. In the
 * middle of words Space presses none, and Enter asks for Ctrl+Enter.
 */
function holdStrayPress(event) {
  const button = buttonOf(event);
  // No text holds Ctrl+Enter: it is meant.
  if (!button || isArmed() || event.ctrlKey || event.metaKey) return;
  const onto = typedOnto === button;
  if (!onto && rested && !isWriting()) return;
  heldBack = true;
  stop(event);
  if (event.key === 'Enter' && !onto && !event.repeat && !event.shiftKey) arm(button, { inWords: true });
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

const buttonOf = ({ target }) => target.closest?.('form[data-action] button') ?? null;
