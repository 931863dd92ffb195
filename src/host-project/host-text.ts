/**
 * Reads a host's file as text that converts back to the same bytes. A byte that is no UTF-8, as in a comment in
 * Latin-1, is kept as a lone surrogate (as Python's `surrogateescape` does), so that an edit leaves it as it was.
 */
import { Buffer, isUtf8 } from 'node:buffer';

const escapeStart = 0xdc00;

export function decodeHostFileText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    text += character?.toString('utf8') ?? String.fromCharCode(escapeStart + (bytes[at] ?? 0));
    at += character?.length ?? 1;
  }
  return text;
}

export function encodeHostFileText(text: string): Buffer {
  return Buffer.concat(text.split(/(\p{Surrogate})/u).map(encodePart));
}

function characterAt(bytes: Buffer, at: number): Buffer | undefined {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const character = bytes.subarray(at, at + length);
  return isUtf8(character) ? character : undefined;
}

function encodePart(part: string): Buffer {
  const code = part.charCodeAt(0) - escapeStart;
  return part.length === 1 && code >= 0x80 && code <= 0xff ? Buffer.from([code]) : Buffer.from(part, 'utf8');
}
