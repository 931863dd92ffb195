import displayWidth from 'fast-string-width';

/** White space and characters that move the cursor or reorder text: controls such as ESC, and bidi marks. */
const unsafe = /[\p{Cc}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Puts foreign text, such as a customer's name, on one line without control characters. */
export function singleLine(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  return truncateToWidth(text.replace(unsafe, ' ').trim(), maxLength);
}

/** Shortens a text to a number of terminal columns, with an ellipsis for the rest. */
export function truncateToWidth(text: string, maxWidth: number): string {
  if (displayWidth(text) <= maxWidth) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += displayWidth(segment);
    if (width > maxWidth - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Splits text into what people see as one character, such as an emoji of several code points. */
const graphemes = new Intl.Segmenter();

/** Pads a text to a number of terminal columns. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
