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
  const parts = changes?.map(
    ({ added, removed, value }): DiffPart => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value }),
  );
  return parts ? mergeNeighbours(parts) : null;
}

/** Words that change side by side are one change: what went, then what came, with the spaces between them in both. */
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
