/**
 * What moves a terminal's cursor, sets its colours or turns the order of its text around: C0 but for tab and line feed,
 * DEL and C1, bidi marks, embeddings, overrides and isolates, line and paragraph separators. A carriage return is part of a line's end.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)/g;

/** Escapes them as `\u001b` and the like. Inside JSON strings the value stays the same. */
export function escapeControls(text: string): string {
  return text.replace(controls, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
