import { findClosestWord } from '../foundation/closest-word.js';
import { CairnloopError } from '../foundation/errors.js';

/** The texts of a page, with their language and writing direction. */
export interface LocalizedTexts<Texts> {
  texts: Texts;
  /** The language tag for the attribute `lang` and for formatting dates and numbers. */
  locale: string;
  dir: 'ltr' | 'rtl';
}

/** The texts that the package ships, by language tag. */
export interface ShippedLanguages<Texts> {
  shipped: Readonly<Record<string, Texts>>;
  /** The texts for a language that is not shipped; the host's own texts replace them. */
  base: Texts;
  /** The language tag to use where a browser asks for no shipped language. */
  fallback: string;
}

/** The texts that a host replaces, by their keys, and the language of all others. */
export type HostReplacementTexts = { locale?: string } & { readonly [key: string]: string | undefined };

const rightToLeft = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'ha', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/**
 * Chooses the texts for a request by the host's locale, else by the browser's languages; the host's own texts replace
 * them.
 */
export function chooseLocalizedTexts<Texts>(
  { shipped, base, fallback }: ShippedLanguages<Texts>,
  given: HostReplacementTexts,
  acceptLanguage: string | null,
): LocalizedTexts<Texts> {
  const { locale: chosen, ...texts } = given;
  const locale = chosen ?? preferred(acceptLanguage, shipped) ?? fallback;
  const language = languageOf(locale);
  return {
    texts: { ...(shipped[language] ?? base), ...texts },
    locale,
    dir: rightToLeft.has(language) ? 'rtl' : 'ltr',
  };
}

/** The shipped language that a browser prefers, by the weights of its `Accept-Language`. */
function preferred(header: string | null, shipped: object): string | undefined {
  const wanted = (header ?? '').slice(0, 500).split(',').map(weighed);
  const known = wanted.filter(
    ({ tag, weight }) => weight > 0 && isLocale(tag) && Object.hasOwn(shipped, languageOf(tag)),
  );
  return known.toSorted((one, other) => other.weight - one.weight)[0]?.tag;
}

function weighed(range: string): { tag: string; weight: number } {
  const [tag = '', quality] = range.split(';').map((part) => part.trim());
  const weight = quality === undefined ? 1 : Number(quality.replace(/^q=/i, ''));
  return { tag, weight };
}

const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** Whether a value is a language tag that `Intl` accepts. */
export function isLocale(tag: unknown): tag is string {
  try {
    return typeof tag === 'string' && Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Replaces each `{name}` in a text by the value of that name; unknown names stay. */
export function fillPlaceholders(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/**
 * Copies the texts that a host sets. Throws `MOUNT_OPTION_INVALID`, also for an unknown key: a misspelt one would
 * replace nothing.
 */
export function readHostReplacementTexts<Given extends object>(
  helper: string,
  given: Given,
  keys: readonly string[],
): Given {
  const refuse = (option: string, expected: string, found: string) =>
    new CairnloopError('MOUNT_OPTION_INVALID', { helper, option: `strings.${option}`, expected, found });
  const known = ['locale', ...keys];
  const entries = Object.entries(given).filter(([, text]) => text !== undefined);
  for (const [key, text] of entries) {
    if (!known.includes(key)) throw refuse(key, knownText(key, known), 'an unknown text');
    if (typeof text !== 'string' || text.trim() === '')
      throw refuse(key, 'a text', typeof text === 'string' ? 'a blank text' : typeof text);
    if (key === 'locale' && !isLocale(text))
      throw refuse(key, 'a language tag such as "de" or "pt-BR"', JSON.stringify(text));
  }
  return Object.fromEntries(entries) as Given;
}

function knownText(key: string, known: readonly string[]): string {
  const meant = findClosestWord(key, known);
  return meant ? `a known text (did you mean "${meant}"?)` : `one of ${known.join(', ')}`;
}
