import { closest, distance } from 'fastest-levenshtein';

/** The known word that a mistyped word most likely meant; undefined if none is close. Case is ignored. */
export function findClosestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const candidate = closest(
    wanted,
    known.map((name) => name.toLowerCase()),
  );
  const near = distance(wanted, candidate) <= Math.max(2, Math.floor(word.length / 3));
  return near ? known.find((name) => name.toLowerCase() === candidate) : undefined;
}
