/** A part of a text, marked as search hit or not. */
export interface SearchHitPart {
  text: string;
  hit: boolean;
}

/** The most highlighted hits in one text. */
const maxHits = 200;

/** Splits a search into words, with case and accents folded. */
export function splitSearchIntoWords(search: string): string[] {
  return [...new Set(search.split(/\s+/).map(foldLetters))].filter((word) => word.length > 1).slice(0, 10);
}

/** Splits a text at the searched words, ignoring case and accents. */
export function splitAtSearchHits(text: string, words: readonly string[]): SearchHitPart[] {
  if (words.length === 0) return [{ text, hit: false }];
  const folded = foldLetters(text);
  const parts: SearchHitPart[] = [];
  let from = 0;
  for (const [start, end] of hitsIn(folded, words)) {
    if (start > from) parts.push({ text: text.slice(from, start), hit: false });
    parts.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}

function hitsIn(folded: string, words: readonly string[]): [start: number, end: number][] {
  const hits: [number, number][] = [];
  for (let at = 0; hits.length < maxHits; ) {
    const found = words
      .map((word) => ({ word, index: folded.indexOf(word, at) }))
      .filter(({ index }) => index !== -1)
      .sort((one, other) => one.index - other.index || other.word.length - one.word.length)[0];
    if (!found) break;
    at = found.index + found.word.length;
    hits.push([found.index, at]);
  }
  return hits;
}

/** Folds case and accents without changing the length, so that offsets are the same in both texts. */
function foldLetters(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return Array.from({ length: text.length }, (_, index) => foldLetter(text.charAt(index))).join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range covers ASCII with its control characters
const isPlain = /^[\x00-\x7f]*$/;

function foldLetter(letter: string): string {
  const plain = letter.normalize('NFD').charAt(0).toLowerCase();
  return plain.length === 1 ? plain : letter;
}
