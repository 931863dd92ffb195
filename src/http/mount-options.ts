import { describeFound } from '../config/describe-found.js';
import { closestWord } from '../foundation/closest-word.js';
import { CairnloopError } from '../foundation/errors.js';
import type { LiveSettings } from './live-streams.js';

/** What each option accepts: in words, and as a check. */
export type Expectations<Options> = {
  [K in keyof Required<Options>]: [expected: string, accepts: (value: unknown) => boolean];
};

/**
 * Validates and copies mount options. Throws `MOUNT_OPTION_INVALID` for the first wrong or unknown one: a misspelt
 * `operator` must not leave the page open.
 */
export function readMountOptions<Options extends object>(
  helper: string,
  expectations: Expectations<Options>,
  given: unknown,
): Options {
  const refuse = (option: string, expected: string, found: string) =>
    new CairnloopError('MOUNT_OPTION_INVALID', { helper, option, expected, found });
  if (given !== undefined && !isObject(given)) throw refuse('options', 'an object', describeFound(given));
  const options = (given ?? {}) as Record<string, unknown>;
  const known = Object.keys(expectations);
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) throw refuse(unknown, knownOption(unknown, known), 'an unknown option');
  const rows = Object.entries<Expectations<Options>[keyof Options]>(expectations);
  const read = rows.map(([option, [expected, accepts]]) => {
    const value = readOption(options, option);
    if (value === unreadable) throw refuse(option, expected, 'a value that throws when it is read');
    if (!accepts(value)) throw refuse(option, expected, value === undefined ? 'nothing' : describeFound(value));
    return [option, value] as const;
  });
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Options;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unreadable = Symbol('unreadable');

function readOption(options: Record<string, unknown>, option: string): unknown {
  try {
    return options[option];
  } catch {
    return unreadable;
  }
}

function knownOption(word: string, known: readonly string[]): string {
  const meant = closestWord(word, known);
  return meant ? `a known option (did you mean "${meant}"?)` : `one of ${known.join(', ')}`;
}

/** Makes a rule accept an absent option. */
export function optional(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || accepts(value);
}

export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isNonEmptyText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
export const isListOfTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');

/** The mount path. Router patterns are refused. */
export const basePathRule: [expected: string, accepts: (value: unknown) => boolean] = [
  'a path that begins with "/" and holds only letters, digits, "-", "_", "." and "~"',
  (value) => typeof value === 'string' && /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+\/?)$/.test(value),
];

export const liveSettingsRule = 'an object such as { perPerson: 20, recheckMs: 20_000 }, the second at most 60 000';

const largest: Record<keyof LiveSettings, number> = { perPerson: 10_000, recheckMs: 60_000 };

export function isLiveSettings(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([key, setting]) =>
      Object.hasOwn(largest, key) &&
      Number.isInteger(setting) &&
      setting > 0 &&
      setting <= largest[key as keyof LiveSettings],
  );
}
