const words = /\p{Lu}{2,}s?(?!\p{Ll})\p{N}*|\p{Lu}?[\p{Ll}\p{Lo}\p{Lt}\p{Lm}\p{M}]+\p{N}*|\p{Lu}|\p{N}+/gu;

/**
 * Converts a key to a label: `lifetimeValue` and `lifetime_value` become "Lifetime value", `userID` becomes "User ID".
 * A key with other characters than letters, digits and `_ - .` is returned unchanged.
 */
export function humanizeLabel(key: string): string {
  if (!/^[\p{L}\p{M}\p{N}_.-]+$/u.test(key)) return key;
  const parts = key.match(words);
  if (!parts) return key;
  const lowered = parts.map((word) => (/^\p{Lu}{2,}s?\p{N}*$/u.test(word) ? word : word.toLowerCase()));
  const label = lowered.join(' ');
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}
