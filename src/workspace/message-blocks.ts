/** Consecutive lines of a message that are rendered the same way. */
export interface MessageBlock {
  kind: 'text' | 'code' | 'quote' | 'signature';
  text: string;
  /** Whether the block is collapsed until the reader opens it. */
  folded: boolean;
}

/** A quotation of up to this many lines is shown in full, unless it ends the message. */
const shortQuote = 6;

/** The most lines of a signature; a longer text after `--` is ordinary text. */
const longestSignature = 12;

const fence = /^\s{0,3}(`{3,}|~{3,})[^`]*$/;
const quoted = /^\s{0,3}>/;
const signatureMark = /^--\s?$/;

/** Lines with which mail programs introduce a quoted message, in the most common languages. */
const introductions = [
  /^\s*On .{6,200} wrote:\s*$/i,
  /^\s*Am .{6,200} schrieb .{0,200}:\s*$/i,
  /^\s*Le .{6,200} a écrit\s?:\s*$/i,
  /^\s*El .{6,200} escribió:\s*$/i,
  /^\s*Op .{6,200} schreef .{0,200}:\s*$/i,
];

/** A separator line of mail programs, after which the rest of the text is an earlier message, not marked with `>`. */
const earlierMessage =
  /^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|Message d'origine|Mensaje original)\s*-{2,}|_{20,})\s*$/i;

/**
 * Splits a message into text, fenced code, quotations and the signature. The blocks' texts, joined by line breaks, are
 * the message again.
 */
export function splitIntoMessageBlocks(text: string): MessageBlock[] {
  const lines = text.split('\n');
  const blocks: { kind: MessageBlock['kind']; lines: string[] }[] = [];
  const add = (kind: MessageBlock['kind'], added: string[]) => {
    const last = blocks.at(-1);
    if (last?.kind === kind && kind !== 'code') last.lines.push(...added);
    else if (added.length > 0) blocks.push({ kind, lines: added });
  };
  for (let at = 0; at < lines.length; ) {
    const { kind, length } = blockAt(lines, at);
    add(kind, lines.slice(at, at + length));
    at += length;
  }
  return fold(blocks.map((block) => ({ kind: block.kind, text: block.lines.join('\n'), folded: false })));
}

function blockAt(lines: string[], at: number): { kind: MessageBlock['kind']; length: number } {
  const line = lines[at] ?? '';
  const opening = fence.exec(line)?.[1];
  if (opening) {
    const end = lines.findIndex((one, index) => index > at && one.trim().startsWith(opening));
    if (end > 0) return { kind: 'code', length: end - at + 1 };
  }
  if (earlierMessage.test(line)) return { kind: 'quote', length: lines.length - at };
  const introduced = introduction(lines, at);
  if (introduced > 0 || quoted.test(line)) return { kind: 'quote', length: Math.max(1, introduced) };
  if (signatureMark.test(line)) return signatureAt(lines, at);
  return { kind: 'text', length: 1 };
}

/** Counts the lines that introduce a quotation at this position: 0, 1, or 2 if a mail program wrapped the line. */
function introduction(lines: string[], at: number): number {
  if (lines[at]?.trim() === '') return 0;
  for (const length of [1, 2]) {
    const words = lines.slice(at, at + length).join(' ');
    if (words.length > 500 || !introductions.some((pattern) => pattern.test(words))) continue;
    const next = lines.slice(at + length, at + length + 2).find((line) => line.trim() !== '');
    if (next !== undefined && quoted.test(next)) return length;
  }
  return 0;
}

function signatureAt(lines: string[], at: number): { kind: MessageBlock['kind']; length: number } {
  const rest = lines.slice(at);
  const end = rest.findIndex((line, index) => quoted.test(line) || introduction(rest, index) > 0);
  const length = end === -1 ? rest.length : end;
  return length <= longestSignature ? { kind: 'signature', length } : { kind: 'text', length: 1 };
}

/** Collapses the signature, and quotations that are long or last. A message with nothing else is shown in full. */
function fold(blocks: MessageBlock[]): MessageBlock[] {
  const said = blocks.findLastIndex(({ kind, text }) => (kind === 'text' || kind === 'code') && text.trim() !== '');
  if (said === -1) return blocks;
  return blocks.map((block, index) => {
    const isLong = block.text.split('\n').length > shortQuote;
    return { ...block, folded: block.kind === 'signature' || (block.kind === 'quote' && (isLong || index > said)) };
  });
}

/** Returns the code of a code block without its fence lines. */
export function codeBlockWithoutFences(text: string): string {
  return text.split('\n').slice(1, -1).join('\n');
}
