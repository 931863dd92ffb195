import { chooseLocalizedTexts, type HostReplacementTexts, type LocalizedTexts } from '../../http/localized-texts.js';
import { pageScriptTexts as germanBrowser } from './de/browser.js';
import { germanTexts } from './de/index.js';
import { pageScriptTexts } from './en/browser.js';
import { englishTexts } from './en/index.js';

export type WorkspaceTextKey = keyof typeof englishTexts;
export type WorkspaceTexts = Readonly<Record<WorkspaceTextKey, string>>;
export type LocalizedWorkspaceTexts = LocalizedTexts<WorkspaceTexts>;

/** The key of a text about a number, without the plural category that ends it: `selected` for `selected_one`. */
export type CountTextKey = WorkspaceTextKey extends infer Key
  ? Key extends `${infer Stem}_other`
    ? Stem
    : never
  : never;

/** Texts with which a host replaces the workspace's own, by key, and the language of the rest. */
export interface WorkspaceStrings
  extends Partial<Record<WorkspaceTextKey | `${CountTextKey}_${Intl.LDMLPluralRule}`, string>> {
  /** A language tag such as `de-AT`. Default: the shipped language that the operator's browser prefers. */
  locale?: string;
}

/** The languages that come with the package. English without a region uses British dates, with 24 hours. */
const languages = {
  shipped: { en: englishTexts, de: germanTexts } as Readonly<Record<string, WorkspaceTexts>>,
  base: englishTexts as WorkspaceTexts,
  fallback: 'en-GB',
};

const pluralRules: readonly Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];
const countKeys = Object.keys(englishTexts)
  .filter((key) => key.endsWith('_other'))
  .map((key) => key.replace(/_other$/, ''));

/** The keys of all texts that a host can replace. */
export const workspaceTextKeys: readonly string[] = [
  ...new Set([
    ...Object.keys(englishTexts),
    ...countKeys.flatMap((stem) => pluralRules.map((rule) => `${stem}_${rule}`)),
  ]),
];

/** The keys of the texts that the page's script shows, which are sent to the browser. */
export const pageScriptTextKeys: readonly string[] = [
  ...new Set([
    ...Object.keys(pageScriptTexts),
    ...Object.keys(germanBrowser),
    ...workspaceTextKeys.filter(isFormOfBrowserText),
  ]),
];

function isFormOfBrowserText(key: string): boolean {
  return Object.hasOwn(pageScriptTexts, key.replace(/_[a-z]+$/, '_other'));
}

/** Returns the texts for an operator. In a language that is not shipped, texts that the host left out are English. */
export function chooseLocalizedWorkspaceTexts(
  given: WorkspaceStrings,
  acceptLanguage: string | null,
): LocalizedWorkspaceTexts {
  return chooseLocalizedTexts(languages, given as HostReplacementTexts, acceptLanguage);
}
