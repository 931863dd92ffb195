import { chmod, cp, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SystemAccount } from './account.js';
import { createFolderAtomically } from './create-folder-atomically.js';
import type { PostgresBinaries } from './installed-binaries.js';
import { runPostgresProgram } from './run-postgres-program.js';

/**
 * Returns Postgres programs that the account can run. Library links are missing where a package manager has skipped
 * install scripts, and the project may lie in a folder that the account cannot enter. The links are created in place
 * where possible, else the programs are copied into `folder`.
 */
export async function makeBinariesRunnable(
  installed: PostgresBinaries,
  folder: string,
  account: SystemAccount | undefined,
): Promise<PostgresBinaries> {
  if (await succeeds(checkRuns(installed, account))) return installed;
  if (await succeeds(linkLibraries(installed.root).then(() => checkRuns(installed, account)))) return installed;
  const copy = await copyInto(folder, installed, account);
  await checkRuns(copy, account);
  return copy;
}

/** Runs Postgres with `--version`, which reveals missing libraries, closed folders and `noexec` mounts. */
async function checkRuns({ postgres }: PostgresBinaries, account: SystemAccount | undefined): Promise<void> {
  await runPostgresProgram({ step: 'running its programs', file: postgres, args: ['--version'], cwd: '/', account });
}

async function copyInto(
  folder: string,
  installed: PostgresBinaries,
  account: SystemAccount | undefined,
): Promise<PostgresBinaries> {
  const root = await createFolderAtomically(join(folder, 'binaries'), account, async (target) => {
    await cp(join(installed.root, 'native'), join(target, 'native'), { recursive: true, verbatimSymlinks: true });
    await openFolders(target);
    await linkLibraries(target);
  });
  const moved = (path: string) => join(root, relative(installed.root, path));
  return {
    root,
    initdb: moved(installed.initdb),
    pgCtl: moved(installed.pgCtl),
    postgres: moved(installed.postgres),
  };
}

/** Makes copied folders writable: those of a package store may be read-only, and a copy keeps their modes. */
async function openFolders(root: string): Promise<void> {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

/**
 * Creates the library links as the package's install script would. npm packs no links, so the package contains a list
 * of them.
 */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(link.target), link.source), join(root, link.target)).catch(unlessExists);
  }
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
