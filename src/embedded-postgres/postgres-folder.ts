import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CairnloopError } from '../foundation/errors.js';
import type { SystemAccount } from './account.js';
import { changeFolderOwner } from './create-folder-atomically.js';
import { isFolderReachable } from './reachable.js';

/** The folder of an embedded Postgres: holds its cluster, and its programs if they had to be copied. */
export interface PostgresFolder {
  path: string;
  temporary: boolean;
}

/** Opens the folder `dataDir`, which is kept unless it is `temporary`; without `dataDir` creates a temporary folder. */
export async function openPostgresFolder(
  account: SystemAccount | undefined,
  { dataDir, temporary = false }: { dataDir?: string; temporary?: boolean },
): Promise<PostgresFolder> {
  if (dataDir === undefined) return { path: await makeTemporary(account), temporary: true };
  const wanted = resolve(dataDir);
  await mkdir(wanted, { recursive: true });
  if (await isFolderReachable(wanted, account)) return { path: wanted, temporary };
  if (!temporary) return { path: await openSubstitute(wanted, account), temporary };
  await rm(wanted, { recursive: true });
  return { path: await makeTemporary(account), temporary };
}

async function makeTemporary(account: SystemAccount | undefined): Promise<string> {
  const folder = await mkdtemp(join(await reachableTmp(account), 'cairnloop-postgres-'));
  await changeFolderOwner(account, folder);
  return folder;
}

/**
 * Opens a folder in place of one that the account may not enter. Its name is the same each time, so that the data is
 * found again. It lies in the temporary folder, to which everybody may write, so a folder of another owner is refused.
 */
async function openSubstitute(wanted: string, account: SystemAccount | undefined): Promise<string> {
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const folder = join(await reachableTmp(account), `cairnloop-postgres-${name}`);
  await mkdir(folder, { recursive: true });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new CairnloopError('EMBEDDED_POSTGRES_FAILED', {
      step: 'opening its folder',
      reason: `${folder} belongs to somebody else.`,
    });
  }
  await chmod(folder, 0o755);
  return folder;
}

async function reachableTmp(account: SystemAccount | undefined): Promise<string> {
  return (await isFolderReachable(tmpdir(), account)) ? tmpdir() : '/tmp';
}

/** Removes the folder of an embedded Postgres if it is temporary. */
export async function removePostgresFolderIfTemporary({ path, temporary }: PostgresFolder): Promise<void> {
  if (temporary) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
