import { diffWordsWithSpace } from 'diff';

/** A run of words that stayed, came or went. */
export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Beyond it a comparison costs more than it tells. */
const maxLength = 20_000;
const timeoutMs = 200;

/** What an operator changed in a proposed text, word by word. Null when the texts are too long or too far apart. */
export function diffWords(before: string, after: string): DiffPart[] | null {
  if (before.length > maxLength || after.length > maxLength) return null;
  const changes = diffWordsWithSpace(before, after, { timeout: timeoutMs });
  return (
    changes?.map(({ added, removed, value }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value,
    })) ?? null
  );
}
