import { diffWordsWithSpace } from 'diff';

/** A run of unchanged, added or removed words. */
export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/**
 * The result of comparing two texts. `rewritten`: too long or too different for a word diff. `later`: the time budget
 * of the page is spent.
 */
export type TextDiffResult = DiffPart[] | 'none' | 'rewritten' | 'later';

/** The longest text that is compared, in characters; a diff of longer texts costs more than it shows. */
export const maxComparedCharacters = 20_000;

/** Compares texts within one time budget for each page, because a diff blocks the event loop. */
export interface TextComparer {
  compare(before: string, after: string): TextDiffResult;
}

export interface TextDiffBudget {
  /** Milliseconds that all comparisons of one page may take together. Default 100. */
  timeMs?: number;
  /** Characters that all comparisons of one page may read together. Default 60 000. */
  characters?: number;
}

export function createTextComparer({ timeMs = 100, characters = 60_000 }: TextDiffBudget = {}): TextComparer {
  let [timeLeft, charactersLeft] = [timeMs, characters];
  return {
    compare(before, after) {
      if (before === after) return 'none';
      if (before.length > maxComparedCharacters || after.length > maxComparedCharacters) return 'rewritten';
      charactersLeft -= before.length + after.length;
      if (charactersLeft < 0 || timeLeft < 1) return 'later';
      const started = performance.now();
      const parts = diffWords(before, after, timeLeft);
      timeLeft -= performance.now() - started;
      return parts ?? 'rewritten';
    },
  };
}

/**
 * Compares a proposed text with the operator's, word by word. Returns null if the texts are too long or too different.
 */
export function diffWords(before: string, after: string, timeoutMs = 200): DiffPart[] | null {
  if (before.length > maxComparedCharacters || after.length > maxComparedCharacters) return null;
  const changes = diffWordsWithSpace(before, after, { timeout: timeoutMs });
  const parts = changes?.map(
    ({ added, removed, value }): DiffPart => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value }),
  );
  return parts ? mergeNeighbours(parts) : null;
}

/** Merges adjacent changes into one removed and one added part, which both keep the spaces between the words. */
function mergeNeighbours(parts: DiffPart[]): DiffPart[] {
  const merged: DiffPart[] = [];
  let [before, after] = ['', ''];
  const flush = () => {
    if (before) merged.push({ kind: 'removed', text: before });
    if (after) merged.push({ kind: 'added', text: after });
    [before, after] = ['', ''];
  };
  parts.forEach((part, index) => {
    const between = before && after && isSpace(part.text) && (parts[index + 1]?.kind ?? 'same') !== 'same';
    if (part.kind === 'same' && !between) {
      flush();
      merged.push(part);
      return;
    }
    if (part.kind !== 'added') before += part.text;
    if (part.kind !== 'removed') after += part.text;
  });
  flush();
  return merged;
}

const isSpace = (text: string) => /^[^\S\n]+$/.test(text);
