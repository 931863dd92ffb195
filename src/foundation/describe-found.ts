import { describeType } from './describe-value.js';

/** Describes a wrong value without revealing secrets: the value itself if it is short and harmless, else its type. */
export function describeFoundValue(value: unknown): string {
  if (typeof value === 'string') return describeText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return describeType(value);
}

function describeText(text: string): string {
  if (text.includes('://')) return maskUrl(text);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/**
 * Describes a wrong value where a number was expected. A string may come from the environment, so it is shown only if
 * it looks like a number.
 */
export function describeNonNumber(value: unknown): string {
  return typeof value === 'string' && !/^[-+\d._ ]{0,20}$/.test(value) ? 'a string' : describeFoundValue(value);
}

/** Masks user, password and query of a URL; shows only the scheme if it cannot be parsed. */
export function maskUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(text)?.[0];
  if (!scheme) return text === '' ? 'an empty string' : 'a string that is no URL';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // An "@" after the host means that a password contains special characters which were not encoded.
  if (!url || `${url.pathname}${url.search}${url.hash}`.includes('@')) return `${scheme}://***`;
  const user = url.username || url.password ? '***@' : '';
  return `${scheme}://${user}${url.host}${url.pathname}${url.search || url.hash ? '?***' : ''}`;
}

/** Masks every URL in a text that does not come from Cairnloop. */
export function maskUrls(text: string): string {
  return text.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"`<>]+/gi, (url) => (url.startsWith('file://') ? url : maskUrl(url)));
}
