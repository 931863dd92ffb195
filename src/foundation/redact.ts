import { secretPatterns } from './secret-patterns.js';
import { redactedMark } from './secret-words.js';

/**
 * Makes text from elsewhere safe to log, to store and to show: without credentials, of bounded length, and without
 * characters that Postgres refuses.
 */

/** Masks credentials in text: in URLs and DSNs, headers, JWTs, keys of known shapes, `password=…` in any notation. */
export function redact(text: string): string {
  let masked = text;
  for (const { hint, patterns } of secretPatterns) {
    if (!hint.test(masked)) continue;
    for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement as string);
  }
  return masked;
}

/**
 * Turns anything that was thrown into a redacted text of at most `maxLength` characters that can be stored and printed.
 * Never throws.
 */
export function errorText(error: unknown, maxLength = 2000): string {
  const text = beginning(describe(error), Math.max(maxLength * 4, 4000));
  return text.length > maxLength ? `${toStorableText(text.slice(0, maxLength - 1))}…` : text;
}

/** How many of the last characters of a long text are searched for a space at which to cut it. */
const nearestSpace = 300;

/**
 * How many characters are removed at the end of a text that is cut without a space. A key that is cut there may be too
 * short to be recognised as a secret, so this is more than what a pattern needs of it.
 */
const halfSecret = 100;

/**
 * Redacts the first `maxLength` characters and cuts the rest at a space, because half a secret may match no pattern. A
 * text without a space near its end loses its last characters.
 */
function beginning(text: string, maxLength: number): string {
  if (text.length <= maxLength) return redact(printable(text));
  const cut = text.slice(0, maxLength);
  const run = 1 + Math.max(...[' ', '\n', '\t', '\r'].map((space) => cut.lastIndexOf(space)));
  if (run > maxLength - nearestSpace)
    return `${redact(printable(cut.slice(0, run).replace(cutPassword, `$1${redactedMark}`)))}…`;
  const masked = redact(printable(cut.slice(0, run) + cut.slice(run).replace(/:\/\/.*$/, `://${redactedMark}`)));
  return `${masked.slice(0, -halfSecret)}…`;
}

/** Matches a password with a space in it, in a URL whose "@" was cut off. */
const cutPassword = /(:\/\/)[^\s/:@]*:(?!\d{1,5}(?:[/?\s]|$))[^@\n]*$/;

function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '').toWellFormed();
}

function describe(error: unknown, depth = 0): string {
  try {
    if (typeof error === 'string') return error || 'an empty error';
    if (typeof error === 'function') return 'a function';
    if (typeof error !== 'object' || error === null) return String(error);
    const { message, code, name } = error as { message?: unknown; code?: unknown; name?: unknown };
    const texts = error instanceof Error ? [message, code, name] : [message, code];
    const own = texts.find((text) => typeof text === 'string' && text !== '') as string | undefined;
    if (own === undefined && error instanceof Response) return `Response ${error.status} ${error.statusText}`.trimEnd();
    if (own === undefined) return JSON.stringify(error) ?? 'an error without a message';
    const cause = causeOf(error);
    const reason = cause === undefined || cause === null || depth === 3 ? '' : describe(cause, depth + 1);
    return own.includes(reason) ? own : `${own.replace(/\.$/, '')}: ${reason}`;
  } catch {
    return 'an error that cannot be read';
  }
}

/** The cause of an error; of several that an AggregateError holds, the first. */
function causeOf(error: object): unknown {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return cause ?? (error instanceof AggregateError && Array.isArray(errors) ? errors[0] : undefined);
}

/** Makes text fit a Postgres `text` column: NUL is dropped, lone surrogates become U+FFFD. */
export function toStorableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** How many levels of nested maps and lists are stored; Postgres refuses some thousands of levels. */
const maxDepth = 100;

/**
 * Makes a plain copy of a value that fits a `jsonb` column. Functions and undefined are left out, a bigint becomes
 * text, and cycles and throwing getters are replaced by a note.
 */
export function toStorableJson(value: unknown): unknown {
  return storable(value, []) ?? null;
}

function storable(given: unknown, parents: readonly object[]): unknown {
  const value = plain(given);
  if (typeof value === 'string') return toStorableText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return undefined;
  if (parents.includes(value)) return '[circular]';
  if (parents.length === maxDepth) return '[too deep]';
  const path = [...parents, value];
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => storable(read(value, index), path) ?? null);
  return Object.fromEntries(
    keysOf(value)
      .map((key) => [toStorableText(key), storable(read(value, key), path)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

const unreadable = '[unreadable]';

/** Converts a value as `JSON.stringify` would: a Date to ISO text, other objects by their `toJSON`. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === 'function' ? toJSON.call(value) : value;
  } catch {
    return unreadable;
  }
}

function read(holder: object, key: PropertyKey): unknown {
  try {
    return (holder as Record<PropertyKey, unknown>)[key];
  } catch {
    return unreadable;
  }
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}
