import { chooseWording, type HostTexts, type Wording as WordingOf } from '../../http/wording.js';
import { ar } from './ar.js';
import { de } from './de.js';
import { en } from './en.js';

export { fillPlaceholders } from '../../http/wording.js';

export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;
export type Wording = WordingOf<Texts>;

/** Texts with which a host replaces the portal's own, by key, and the language of the rest. */
export interface PortalStrings extends Partial<Record<TextKey, string>> {
  /** A language tag such as `de-AT`. Default: the shipped language that the customer's browser prefers. */
  locale?: string;
}

/** The languages that come with the package: English, German and Arabic. */
const languages = { shipped: { en, de, ar } as Readonly<Record<string, Texts>>, base: en, fallback: 'en' };

export const textKeys = Object.keys(en) as TextKey[];

/** Returns the texts for a customer. In a language that is not shipped, texts that the host left out are English. */
export function wordingFor(given: PortalStrings, acceptLanguage: string | null): Wording {
  return chooseWording(languages, given as HostTexts, acceptLanguage);
}
