import { execFile } from 'node:child_process';
import path from 'node:path';
import { isFile } from '../project/folders.js';
import type { EnvFile } from './facts.js';

/** Whether the host's `.env` is kept out of its git repository. Without git, or outside a repository, it is. */
export async function readEnvFile(root: string): Promise<EnvFile> {
  if (!isFile(path.join(root, '.env'))) return { present: false, ignored: true, tracked: false };
  const [ignored, tracked] = await Promise.all([
    gitExitCode(root, ['check-ignore', '--quiet', '--no-index', '.env']),
    gitExitCode(root, ['ls-files', '--error-unmatch', '.env']),
  ]);
  return { present: true, ignored: ignored !== 1, tracked: tracked === 0 };
}

/** Undefined where git is missing. */
function gitExitCode(cwd: string, args: string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    const git = execFile('git', args, { cwd, timeout: 1000, windowsHide: true }, (error) => {
      resolve(error ? (git.exitCode ?? undefined) : 0);
    });
  });
}
