import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findEnvFiles } from '../config/env-files.js';
import { errorText } from '../foundation/redact.js';
import { isFile } from '../host-project/folders.js';
import { runGit } from '../host-project/run-git.js';
import type { EnvFileFacts } from './facts.js';

/**
 * Reads whether the host's `.env` file is readable and ignored by git. Without git, or outside a repository, it counts
 * as ignored.
 */
export async function readEnvFileFacts(root: string): Promise<EnvFileFacts> {
  const file = path.join(root, '.env');
  const read = findEnvFiles(root).map((one) => path.relative(root, one));
  if (!isFile(file)) return { present: false, unreadable: null, ignored: true, tracked: false, read };
  const [unreadable, ignored, tracked] = await Promise.all([
    readFile(file).then(
      () => null,
      (error) => errorText(error, 200),
    ),
    runGit(root, ['check-ignore', '--quiet', '--no-index', '.env']),
    runGit(root, ['ls-files', '--error-unmatch', '.env']),
  ]);
  return { present: true, unreadable, ignored: ignored.exitCode !== 1, tracked: tracked.exitCode === 0, read };
}
