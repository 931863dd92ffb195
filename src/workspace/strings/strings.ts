import { chooseWording, type HostTexts, type Wording } from '../../http/wording.js';
import { browser as germanBrowser } from './de/browser.js';
import { german } from './de/index.js';
import { browser } from './en/browser.js';
import { english } from './en/index.js';

export type TextKey = keyof typeof english;
export type Texts = Readonly<Record<TextKey, string>>;
export type WorkspaceWording = Wording<Texts>;

/** The key of a text about a number, without the plural category that ends it: `selected` for `selected_one`. */
export type CountKey = TextKey extends infer Key ? (Key extends `${infer Stem}_other` ? Stem : never) : never;

/** Texts with which a host replaces the workspace's own, by key, and the language of the rest. */
export interface WorkspaceStrings extends Partial<Record<TextKey | `${CountKey}_${Intl.LDMLPluralRule}`, string>> {
  /** A language tag such as `de-AT`. Default: the shipped language that the operator's browser prefers. */
  locale?: string;
}

/** The languages that come with the package. English without a region uses British dates, with 24 hours. */
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

/** The keys of the texts that the page's script shows, which are sent to the browser. */
export const browserKeys: readonly string[] = [
  ...new Set([...Object.keys(browser), ...Object.keys(germanBrowser), ...textKeys.filter(isFormOfBrowserText)]),
];

function isFormOfBrowserText(key: string): boolean {
  return Object.hasOwn(browser, key.replace(/_[a-z]+$/, '_other'));
}

/** Returns the texts for an operator. In a language that is not shipped, texts that the host left out are English. */
export function wordingFor(given: WorkspaceStrings, acceptLanguage: string | null): WorkspaceWording {
  return chooseWording(languages, given as HostTexts, acceptLanguage);
}
