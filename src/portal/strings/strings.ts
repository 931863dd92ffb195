import { ar } from './ar.js';
import { de } from './de.js';
import { en } from './en.js';

export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;

/** How a host words the portal: any text by its key, and the language of the others. */
export interface PortalStrings extends Partial<Record<TextKey, string>> {
  /** A language tag such as `de-AT`. Default: what the customer's browser asks for, of the shipped ones. */
  locale?: string;
}

/** The words of one page, and how they run. */
export interface Wording {
  texts: Texts;
  /** For `lang`, dates and numbers. */
  locale: string;
  dir: 'ltr' | 'rtl';
}

/** English, German and Arabic come with the package. */
const shipped: Readonly<Record<string, Texts>> = { en, de, ar };
const rightToLeft = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'ha', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

export const textKeys = Object.keys(en) as TextKey[];

/** The words for a customer. A language that is not shipped has English in place of the texts that the host left out. */
export function wordingFor(given: PortalStrings, acceptLanguage: string | null): Wording {
  const locale = given.locale ?? preferred(acceptLanguage);
  const language = languageOf(locale);
  const { locale: _, ...texts } = given;
  return {
    texts: { ...(shipped[language] ?? en), ...texts },
    locale,
    dir: rightToLeft.has(language) ? 'rtl' : 'ltr',
  };
}

/** The shipped language that a browser likes best, by the weights of its `Accept-Language`. */
function preferred(header: string | null): string {
  const wanted = (header ?? '').slice(0, 500).split(',').map(weighed);
  const known = wanted.filter(
    ({ tag, weight }) => weight > 0 && isLocale(tag) && Object.hasOwn(shipped, languageOf(tag)),
  );
  return known.toSorted((one, other) => other.weight - one.weight)[0]?.tag ?? 'en';
}

function weighed(range: string): { tag: string; weight: number } {
  const [tag = '', quality] = range.split(';').map((part) => part.trim());
  const weight = quality === undefined ? 1 : Number(quality.replace(/^q=/i, ''));
  return { tag, weight };
}

const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** Whether a text is a language tag, so that `Intl` takes it. */
export function isLocale(tag: unknown): tag is string {
  try {
    return typeof tag === 'string' && Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A text with what it names filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
