import { chooseWording, type HostTexts, type Wording } from '../../http/wording.js';
import { browser as germanBrowser } from './de/browser.js';
import { german } from './de/index.js';
import { browser } from './en/browser.js';
import { english } from './en/index.js';

export type TextKey = keyof typeof english;
export type Texts = Readonly<Record<TextKey, string>>;
export type WorkspaceWording = Wording<Texts>;

/** Texts about a number have a form for each plural category of a language, such as `conversations_one`. */
export type CountKey = TextKey extends infer Key ? (Key extends `${infer Stem}_other` ? Stem : never) : never;

/** How a host words the workspace: any text by its key, and the language of the others. */
export interface WorkspaceStrings extends Partial<Record<TextKey | `${CountKey}_${Intl.LDMLPluralRule}`, string>> {
  /** A language tag such as `de-AT`. Default: what the operator's browser asks for, of the shipped ones. */
  locale?: string;
}

/** English and German come with the package. Without a region, English dates are those of Britain: 24 hours. */
const languages = {
  shipped: { en: english, de: german } as Readonly<Record<string, Texts>>,
  base: english as Texts,
  fallback: 'en-GB',
};

const pluralRules: readonly Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];
const countKeys = Object.keys(english)
  .filter((key) => key.endsWith('_other'))
  .map((key) => key.replace(/_other$/, ''));

/** Every key that a host can set. */
export const textKeys: readonly string[] = [
  ...new Set([...Object.keys(english), ...countKeys.flatMap((stem) => pluralRules.map((rule) => `${stem}_${rule}`))]),
];

/** The keys of what the page's script says, which are sent to the browser. */
export const browserKeys: readonly string[] = [
  ...new Set([...Object.keys(browser), ...Object.keys(germanBrowser), ...textKeys.filter(isFormOfBrowserText)]),
];

function isFormOfBrowserText(key: string): boolean {
  return Object.hasOwn(browser, key.replace(/_[a-z]+$/, '_other'));
}

/** The words for an operator. A language that is not shipped has English in place of the texts that the host left out. */
export function wordingFor(given: WorkspaceStrings, acceptLanguage: string | null): WorkspaceWording {
  return chooseWording(languages, given as HostTexts, acceptLanguage);
}
