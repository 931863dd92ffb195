/**
 * Characters that move a terminal's cursor, set its colours or reverse its text: C0 except tab and line feed, DEL and
 * C1, bidi marks, embeddings, overrides and isolates, line and paragraph separators. A carriage return is allowed
 * before a line feed.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)/g;

/** Escapes control characters as `\u001b` and the like. JSON text still parses to the same value. */
export function escapeControls(text: string): string {
  return text.replace(controls, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
