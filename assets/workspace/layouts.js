// Which command a key press means, on any keyboard layout and with any input method.

/** Keys of which an input method or a dead key composes text; also what a browser fills in, which names no key. */
const composing = ['Dead', 'Process', 'Unidentified', undefined];

/** Safari ends a composition before the key that ended it, and marks that one by its number alone. */
const takenByInputMethod = 229;

/** Whether the key belongs to a text that is being composed: then it is no command, whatever it says. */
export const isComposed = ({ isComposing, keyCode, key }) =>
  isComposing || keyCode === takenByInputMethod || composing.includes(key);

/**
 * The letter, in upper case with Shift only, or the sign of a key; null if it has none. A layout without Latin letters has
 * its commands where a US one has them; on any other layout the letter itself counts, wherever it lies.
 */
export function commandOf(event) {
  if (isComposed(event) || event.key.length !== 1 || event.getModifierState('AltGraph')) return null;
  if (!/\p{L}/u.test(event.key)) return event.key;
  const letter = /\p{Script=Latin}/u.test(event.key) ? event.key : /^Key([A-Z])$/.exec(event.code)?.[1];
  return (event.shiftKey ? letter?.toUpperCase() : letter?.toLowerCase()) ?? null;
}
