import { findClosestWord } from '../foundation/closest-word.js';
import { describeType } from '../foundation/describe-value.js';
import { CairnloopError, type ConfigProblem } from '../foundation/errors.js';

/** The problem of an unknown key; it suggests the closest known key. */
export function unknownKeyProblem(path: string, key: string, known: readonly string[]): ConfigProblem {
  const expected = suggestKnownWord('key', key, known) ?? `one of the keys ${known.join(', ')}`;
  return { path, expected, found: 'an unknown key' };
}

/**
 * Suggests the known word that an unknown word most likely meant; undefined if none is close. `noun` as in "a known
 * option".
 */
export function suggestKnownWord(noun: string, word: string, known: readonly string[]): string | undefined {
  const meant = known.length > 0 ? findClosestWord(word, known) : undefined;
  return meant && `a known ${noun} (did you mean "${meant}"?)`;
}

/**
 * Refuses options with a key that is not among `known`, for functions that must not load the input schemas. `undefined`
 * is accepted. Throws `INPUT_INVALID`.
 */
export function requireKnownKeys(operation: string, options: unknown, known: readonly string[], path = ''): void {
  if (options === undefined) return;
  const problems = isObject(options)
    ? unknownAmong(options, known, path)
    : [{ path: path.replace(/\.$/, '') || 'options', expected: 'an object', found: describeType(options) }];
  if (problems.length > 0) throw new CairnloopError('INPUT_INVALID', { operation, problems });
}

function unknownAmong(options: object, known: readonly string[], path: string): ConfigProblem[] {
  const strangers = Object.keys(options).filter((key) => !known.includes(key));
  return strangers.map((key) => unknownKeyProblem(path + key, key, known));
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
