/** Translates the English reasons why values are left out of the customer's facts. */
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';

/** The English reasons why values are left out of the customer's facts; some contain a number. */
const leftOutReasons: [pattern: RegExp, key: WorkspaceTextKey][] = [
  [/^too much to show$/, 'factTooMuch'],
  [/^contains itself$/, 'factCircular'],
  [/^nested deeper than (?<count>\d+) levels$/, 'factTooDeep'],
  [/^(?<count>\d+) more$/, 'factMore'],
];

export function translateOmissionReason(reason: string): string {
  for (const [pattern, key] of leftOutReasons) {
    const found = pattern.exec(reason);
    if (found) return translate(key, { count: Number(found.groups?.count ?? 0) });
  }
  return reason;
}

export const translateYesNo = (text: string) => translate(text === 'Yes' ? 'yes' : 'no');

/** How many characters of a URL fit beside its label. */
const shownLink = 28;

/** Returns a URL without its scheme, shortened in the middle. */
export function shortenUrl(text: string): string {
  const short = text.replace(/^https?:\/\/(?:www\.)?/i, '').replace(/\/$/, '');
  return short.length > shownLink ? `${short.slice(0, shownLink - 10)}…${short.slice(-9)}` : short;
}
