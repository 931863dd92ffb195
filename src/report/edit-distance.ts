import { distance } from 'fastest-levenshtein';

/** How many characters of a text are compared: the time grows with the square of the length. */
const comparedChars = 2000;

/** The share of a draft that an operator changed: 0 for nothing, 1 for all of it. Pure. */
export function editDistance(proposed: string, sent: string): number {
  const [from, to] = [proposed.slice(0, comparedChars), sent.slice(0, comparedChars)];
  const longest = Math.max(from.length, to.length);
  return longest === 0 ? 0 : distance(from, to) / longest;
}

/** The median of numbers; null for an empty list. Pure. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper, lower] = [sorted[middle], sorted[middle - 1]];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
