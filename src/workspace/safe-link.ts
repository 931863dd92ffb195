/** A piece of foreign text: words, or an address that may be followed. */
export type TextPart = { text: string; href?: string };

/**
 * The address behind a text if it is one that may be followed: http, https or mailto, written out as itself. Control
 * characters and spaces inside it are refused, as browsers drop them and would find another scheme.
 */
export function safeHref(text: string): string | undefined {
  if (text.length > 2000 || !/^(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+$/iu.test(text)) return undefined;
  try {
    const url = new URL(text);
    if (url.protocol === 'mailto:') return url.href;
    return url.hostname !== '' && url.username === '' && url.password === '' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const address = /https?:\/\/[^\s\p{C}"'<>\\]+/giu;
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
