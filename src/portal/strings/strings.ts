import { chooseWording, type HostTexts, type Wording as WordingOf } from '../../http/wording.js';
import { ar } from './ar.js';
import { de } from './de.js';
import { en } from './en.js';

export { fillPlaceholders } from '../../http/wording.js';

export type TextKey = keyof typeof en;
export type Texts = Readonly<Record<TextKey, string>>;
export type Wording = WordingOf<Texts>;

/** How a host words the portal: any text by its key, and the language of the others. */
export interface PortalStrings extends Partial<Record<TextKey, string>> {
  /** A language tag such as `de-AT`. Default: what the customer's browser asks for, of the shipped ones. */
  locale?: string;
}

/** English, German and Arabic come with the package. */
const languages = { shipped: { en, de, ar } as Readonly<Record<string, Texts>>, base: en, fallback: 'en' };

export const textKeys = Object.keys(en) as TextKey[];

/** The words for a customer. A language that is not shipped has English in place of the texts that the host left out. */
export function wordingFor(given: PortalStrings, acceptLanguage: string | null): Wording {
  return chooseWording(languages, given as HostTexts, acceptLanguage);
}
