import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { errorText, toStorableText } from '../foundation/redact.js';

/** A reply that the host keeps as a Markdown file. */
export interface SavedReply {
  /** The file's name without `.md`. */
  name: string;
  /** The title of the reply: its first heading, else its file name in words. */
  title: string;
  /** The text to insert, with variables to fill in. */
  body: string;
}

export interface SavedReplyList {
  list(): Promise<SavedReply[]>;
}

/** Maximum number of saved replies; further files are ignored. */
const maxReplies = 500;
const maxBytes = 64 * 1024;

/** How long the contents of the files are cached, in milliseconds. */
const freshMs = 2_000;

/**
 * Reads saved replies from the `.md` files of a folder. A missing folder gives none; an unreadable file is logged and
 * skipped.
 */
export function createSavedReplyList(folder: string, log: Pick<Logger, 'warn'>): SavedReplyList {
  let read: Promise<SavedReply[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    list() {
      if (read && performance.now() - readAt < freshMs) return read;
      readAt = performance.now();
      read = readFolder(path.resolve(folder), log);
      return read;
    },
  };
}

async function readFolder(folder: string, log: Pick<Logger, 'warn'>): Promise<SavedReply[]> {
  const names = await readdir(folder).catch((error) => {
    if (error.code !== 'ENOENT') log.warn({ folder, reason: errorText(error) }, 'saved replies could not be read');
    return [];
  });
  const files = names.filter((name) => /^[^.].*\.md$/i.test(name)).sort();
  const replies = await Promise.all(files.slice(0, maxReplies).map((name) => readReply(folder, name, log)));
  return replies.filter((reply) => reply !== null);
}

async function readReply(folder: string, file: string, log: Pick<Logger, 'warn'>): Promise<SavedReply | null> {
  try {
    const whole = path.join(folder, file);
    const { size } = await stat(whole);
    if (size > maxBytes) throw new Error(`the file has ${size} bytes; a saved reply may have at most ${maxBytes}`);
    const reply = parseSavedReply(file, await readFile(whole, 'utf8'));
    if (reply.body === '') throw new Error('the file is empty');
    return reply;
  } catch (error) {
    log.warn({ file, reason: errorText(error) }, 'a saved reply could not be read');
    return null;
  }
}

/** Parses a saved reply. A heading on the first line is its title, and no part of its text. */
export function parseSavedReply(file: string, text: string): SavedReply {
  const name = file.replace(/\.md$/i, '');
  const plain = toStorableText(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).trim();
  const heading = /^#\s+(.+)(?:\n|$)/.exec(plain);
  const words = name.replace(/[-_]+/g, ' ').trim();
  return {
    name,
    title: heading?.[1]?.trim() ?? words.charAt(0).toUpperCase() + words.slice(1),
    body: heading ? plain.slice(heading[0].length).trim() : plain,
  };
}
