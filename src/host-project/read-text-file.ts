import { readFileSync } from 'node:fs';
import { CairnloopError } from '../foundation/errors.js';
import { describeFileError } from './file-errors.js';
import { decodeHostFileText } from './host-text.js';

/** Reads a file that may be edited; `shown` is its name in messages. @throws CairnloopError FILE_UNREADABLE */
export function readTextFile(file: string, shown: string): string {
  try {
    return decodeHostFileText(readFileSync(file));
  } catch (cause) {
    throw new CairnloopError('FILE_UNREADABLE', { file: shown, reason: describeFileError(cause) }, { cause });
  }
}

/** Reads an optional file; undefined if it cannot be read. */
export function readTextFileIfAny(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
