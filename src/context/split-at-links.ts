import { toSafeHref } from './safe-href.js';

/** A part of an untrusted text: plain text, or a link if `href` is set. */
export type LinkedTextPart = { text: string; href?: string };

const address = /(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+/giu;
const trailing = /[.,:;!?)\]}»”’]+$/u;
/** The most links made in one text; further addresses stay plain text. */
const maxLinks = 200;

/** Splits a text into plain text and links, at web and mail addresses that are safe to link. */
export function splitAtLinks(text: string): LinkedTextPart[] {
  const parts: LinkedTextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    if (parts.length >= maxLinks * 2) break;
    const found = match[0].replace(trailing, '');
    const href = toSafeHref(found);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
