import { chooseLocalizedTexts, type HostReplacementTexts, type LocalizedTexts } from '../../http/localized-texts.js';
import { arabicTexts } from './ar.js';
import { germanTexts } from './de.js';
import { englishTexts } from './en.js';

export { fillPlaceholders } from '../../http/localized-texts.js';

export type PortalTextKey = keyof typeof englishTexts;
export type PortalTexts = Readonly<Record<PortalTextKey, string>>;
export type LocalizedPortalTexts = LocalizedTexts<PortalTexts>;

/** Texts with which a host replaces the portal's own, by key, and the language of the rest. */
export interface PortalStrings extends Partial<Record<PortalTextKey, string>> {
  /** A language tag such as `de-AT`. Default: the shipped language that the customer's browser prefers. */
  locale?: string;
}

/** The languages that come with the package: English, German and Arabic. */
const languages = {
  shipped: { en: englishTexts, de: germanTexts, ar: arabicTexts } as Readonly<Record<string, PortalTexts>>,
  base: englishTexts,
  fallback: 'en',
};

export const portalTextKeys = Object.keys(englishTexts) as PortalTextKey[];

/** Returns the texts for a customer. In a language that is not shipped, texts that the host left out are English. */
export function chooseLocalizedPortalTexts(given: PortalStrings, acceptLanguage: string | null): LocalizedPortalTexts {
  return chooseLocalizedTexts(languages, given as HostReplacementTexts, acceptLanguage);
}
