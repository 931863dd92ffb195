import { safeHref } from './safe-href.js';

/** A piece of foreign text: words, or an address that may be followed. */
export type TextPart = { text: string; href?: string };

const address = /(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+/giu;
const trailing = /[.,:;!?)\]}»”’]+$/u;
/** A text with more addresses than anyone would follow is shown without links from there on. */
const maxLinks = 200;

/** Cuts a text at the web addresses that may be followed. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    if (parts.length >= maxLinks * 2) break;
    const found = match[0].replace(trailing, '');
    const href = safeHref(found);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
