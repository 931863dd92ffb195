import type { IgnoredFile } from '../gen/ignored-file-notes.js';
import { runGit } from './run-git.js';

/**
 * Finds which of `paths` git ignores; the files need not exist yet. Git ignores no file that it tracks. Without git, or
 * outside a repository, the list is empty.
 */
export async function findIgnoredFiles(root: string, paths: readonly string[]): Promise<IgnoredFile[]> {
  if (paths.length === 0) return [];
  const { stdout } = await runGit(root, ['check-ignore', '--verbose', '--stdin', '-z'], paths.join('\0'));
  const fields = stdout.split('\0');
  const found = Array.from({ length: Math.floor(fields.length / 4) }, (_, index) => {
    const [source = '', , pattern = '', path = ''] = fields.slice(index * 4);
    return { path, pattern, source };
  });
  return found.filter(({ pattern }) => !pattern.startsWith('!'));
}
