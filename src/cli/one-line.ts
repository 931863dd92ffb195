/** What moves the terminal's cursor or turns the order of its text around: controls such as ESC, and bidi marks. */
const unsafe = /[\p{Cc}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Text of foreign origin, as a customer's name or a host's error, as one line that only shows what it says. */
export function oneLine(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  return cut(text.replace(unsafe, ' ').trim(), maxLength);
}

/** At most `maxLength` long, with an ellipsis for the rest. */
export function cut(text: string, maxLength: number): string {
  // Half a surrogate pair is not a character.
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
