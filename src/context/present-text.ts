import { toStorableText } from '../foundation/redact.js';
import { toSafeHref } from './safe-href.js';

/** A scalar formatted as text, and how a page presents it. `href` is safe to link; `iso` is for a `<time>` element. */
export type ContextText =
  | { kind: 'text'; text: string; presentation: 'plain'; leftOut?: number }
  | { kind: 'text'; text: string; presentation: 'number' | 'boolean' | 'empty' }
  | { kind: 'text'; text: string; presentation: 'link' | 'email'; href: string }
  | { kind: 'text'; text: string; presentation: 'date'; iso: string };

/** The most characters shown of one text; `leftOut` counts the rest. */
export const maxContextTextLength = 5000;

/** Formats a scalar: booleans as Yes and No, null as a dash, dates in UTC. */
export function formatScalar(value: string | number | bigint | boolean | Date | null): ContextText {
  if (typeof value === 'string') return presentText(value);
  if (typeof value === 'boolean') return { kind: 'text', text: value ? 'Yes' : 'No', presentation: 'boolean' };
  if (typeof value === 'bigint') return { kind: 'text', text: digits(value), presentation: 'number' };
  if (typeof value === 'number') return { kind: 'text', text: String(value), presentation: 'number' };
  if (value === null) return { kind: 'text', text: '—', presentation: 'empty' };
  const iso = value.toISOString();
  return { kind: 'text', text: `${iso.slice(0, 16).replace('T', ' ')} UTC`, presentation: 'date', iso };
}

const largest = 10n ** 100n;

/** Formats a bigint of up to 100 digits: converting a longer one to text takes quadratic time. */
function digits(value: bigint): string {
  return value < largest && value > -largest ? String(value) : 'a number of more than 100 digits';
}

function presentText(given: string): ContextText {
  const text = stripControlCharacters(given.slice(0, maxContextTextLength));
  const leftOut = given.length - maxContextTextLength;
  if (leftOut > 0) return { kind: 'text', text, presentation: 'plain', leftOut };
  if (text.trim() === '') return formatScalar(null);
  return (
    presentEmail(given) ?? presentLink(given) ?? presentDate(text) ?? { kind: 'text', text, presentation: 'plain' }
  );
}

/** Removes NUL, lone surrogates and control characters other than line breaks and tabs. */
export function stripControlCharacters(text: string): string {
  return toStorableText(text).replace(/(?![\n\t])\p{Cc}/gu, '');
}

function presentEmail(given: string): ContextText | undefined {
  const text = given.trim();
  if (text.length > 254 || !/^[^\s\p{C}@<>"'(),:;\\[\]]+@(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+$/u.test(text))
    return undefined;
  const [user = '', host = ''] = text.split('@');
  return {
    kind: 'text',
    text,
    presentation: 'email',
    href: `mailto:${encodeURIComponent(user)}@${encodeURIComponent(host)}`,
  };
}

function presentLink(given: string): ContextText | undefined {
  const text = given.trim();
  const href = toSafeHref(text);
  return href === undefined ? undefined : { kind: 'text', text, presentation: 'link', href };
}

/**
 * Recognizes an ISO 8601 date and shows it as given. A time without an offset stays text, because its moment is
 * unknown.
 */
function presentDate(text: string): ContextText | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  return { kind: 'text', text, presentation: 'date', iso: text.length === 10 ? text : date.toISOString() };
}
