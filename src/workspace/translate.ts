/** Returns the texts of a page in the language of its operator. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Child } from 'hono/jsx';
import { fillPlaceholders } from '../http/localized-texts.js';
import {
  type CountTextKey,
  chooseLocalizedWorkspaceTexts,
  type LocalizedWorkspaceTexts,
  pageScriptTextKeys,
  type WorkspaceTextKey,
} from './strings/strings.js';

type Values = Record<string, string | number>;

const current = new AsyncLocalStorage<LocalizedWorkspaceTexts>();
const unasked = chooseLocalizedWorkspaceTexts({}, null);

/** Runs `work` with the texts of one request. */
export function runWithLocalizedTexts<T>(localized: LocalizedWorkspaceTexts, work: () => T): T {
  return current.run(localized, work);
}

/** The texts of the current request; the English ones outside of a request. */
export const currentLocalizedTexts = (): LocalizedWorkspaceTexts => current.getStore() ?? unasked;

/** Returns a text by its key, with values in place of names in braces, and numbers localized. */
export function translate(key: WorkspaceTextKey, values: Values = {}): string {
  return fillPlaceholders(currentLocalizedTexts().texts[key], written(values));
}

/** Returns a text about a number, in the language's plural form; `{count}` is replaced by the number. */
export function translateCount(stem: CountTextKey, count: number, values: Values = {}): string {
  return fillPlaceholders(formFor(stem, count), written({ count, ...values }));
}

/** Returns a text with JSX elements in place of the names in braces. */
export function translateWithElements(key: WorkspaceTextKey, parts: Record<string, Child>): Child[] {
  return split(currentLocalizedTexts().texts[key], parts);
}

/** Returns a text about a number, in its plural form, with JSX elements in place of the names in braces. */
export function translateCountWithElements(stem: CountTextKey, count: number, parts: Record<string, Child>): Child[] {
  return split(formFor(stem, count), { count: formatNumber(count), ...parts });
}

/** Formats a number in the language of the page. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(currentLocalizedTexts().locale, options);
}

/** Returns the texts of the page's script as JSON. */
export function pageScriptTextsJson(): string {
  const texts = currentLocalizedTexts().texts as Record<string, string>;
  return JSON.stringify(
    Object.fromEntries(pageScriptTextKeys.filter((key) => key in texts).map((key) => [key, texts[key]])),
  );
}

const rules = new Map<string, Intl.PluralRules>();

function formFor(stem: CountTextKey, count: number): string {
  const { texts, locale } = currentLocalizedTexts();
  const rule = rules.get(locale) ?? new Intl.PluralRules(locale);
  if (rules.size < maxRules) rules.set(locale, rule);
  const forms = texts as Readonly<Record<string, string | undefined>>;
  return forms[`${stem}_${rule.select(count)}`] ?? forms[`${stem}_other`] ?? '';
}

/** The most plural rules cached, because browsers can send any number of language tags. */
const maxRules = 100;

function written(values: Values): Values {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? formatNumber(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function split(text: string, parts: Record<string, Child>): Child[] {
  return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 1 ? (parts[piece] ?? `{${piece}}`) : piece));
}
