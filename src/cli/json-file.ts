import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { CliIo } from './io.js';

/** Reads a file that was named on the command line. Throws `JSON_FILE_UNREADABLE` or `JSON_FILE_INVALID`. */
export async function readJsonFile(file: string, io: CliIo): Promise<unknown> {
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((error) => {
    throw new CairnloopError('JSON_FILE_UNREADABLE', { file, reason: errorText(error, 300) });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CairnloopError('JSON_FILE_INVALID', { file, reason: errorText(error, 300) });
  }
}
