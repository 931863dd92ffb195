import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AuditChainLink } from '../../../audit/hash-chain.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { errorText } from '../../../foundation/redact.js';
import type { CliIo } from '../../io.js';

const linkPattern = /^(\d{1,15}):([0-9a-f]{64})$/i;

/** Parses `<number>:<64 hexadecimal digits>`, which `audit anchor` and `audit verify` print. Throws `USAGE`. */
export function parseChainLink(flag: string, text: string): AuditChainLink {
  const link = toLink(text);
  if (link) return link;
  throw new CairnloopError('USAGE', {
    message: `${flag} expected <number>:<64 hexadecimal digits>, found "${text}".`,
    hint: 'Copy it from earlier output of `cairnloop audit verify`.',
  });
}

/**
 * Reads the anchors of `--anchor`: one anchor as text, or a file with the output of `cairnloop audit anchor` as text,
 * as JSON or as JSON lines. Throws `USAGE`.
 */
export async function readGivenAuditAnchors(given: string, io: CliIo): Promise<AuditChainLink[]> {
  const link = toLink(given);
  if (link) return [link];
  const text = await readFile(resolve(io.cwd, given), 'utf8').catch((error) => {
    throw wrong(
      `--anchor expected <number>:<hash> or a file, and "${given}" cannot be read: ${errorText(error, 200)}.`,
    );
  });
  const { anchors, other } = anchorsIn(text);
  if (other !== undefined) throw wrong(`--anchor expected anchors in "${given}", found "${other.slice(0, 80)}".`);
  if (anchors.length > 0) return anchors;
  throw wrong(`--anchor expected a file with an anchor, found none in "${given}".`);
}

function wrong(message: string): CairnloopError {
  return new CairnloopError('USAGE', {
    message,
    hint: 'Write the file with `cairnloop audit anchor --json`.',
  });
}

/** The line that `audit anchor` prints below the anchor itself. */
const aboutAnchor = /^\d+ sealed event/;

/**
 * Finds the anchors in a file's text. `other` is the first line that is no anchor: it may be a damaged one, so it is
 * not ignored.
 */
function anchorsIn(text: string): { anchors: AuditChainLink[]; other: string | undefined } {
  const whole = fromJson(text);
  if (whole) return { anchors: whole, other: undefined };
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !aboutAnchor.test(line));
  const read = (line: string) => fromJson(line) ?? toLink(line.trim());
  return { anchors: lines.flatMap((line) => read(line) ?? []), other: lines.find((line) => read(line) === null) };
}

function fromJson(text: string): AuditChainLink[] | null {
  try {
    const found: unknown[] = [JSON.parse(text)].flat();
    const links = found.map((one) => {
      const { seq, hash } = Object(one) as Record<string, unknown>;
      return toLink(`${seq}:${hash}`);
    });
    return links.every((link) => link !== null) ? links : null;
  } catch {
    return null;
  }
}

function toLink(text: string): AuditChainLink | null {
  const [, seq, hash = ''] = linkPattern.exec(text) ?? [];
  return seq === undefined ? null : { seq: Number(seq), hash: hash.toLowerCase() };
}
