import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemAccount } from './account.js';
import { changeFolderOwner, createFolderAtomically } from './create-folder-atomically.js';
import type { PostgresFolder } from './postgres-folder.js';
import { runPostgresProgram } from './run-postgres-program.js';
import {
  type PostgresSettings,
  postgresLoopbackSettings,
  renderPostgresSettings,
  temporaryClusterSettings,
} from './settings.js';

/** One Postgres cluster on disk. */
export interface PostgresCluster {
  /** The folder of the cluster. It belongs to the user that runs Postgres and is closed to other users. */
  folder: string;
  data: string;
  log: string;
  passwordFile: string;
  /** The file with the port of the last start. */
  portFile: string;
  temporary: boolean;
}

/** The paths of the cluster in the folder of an embedded Postgres, whether the cluster exists yet or not. */
export function postgresClusterPaths({ path, temporary }: PostgresFolder): PostgresCluster {
  return clusterAt(join(path, 'cluster'), temporary);
}

function clusterAt(folder: string, temporary: boolean): PostgresCluster {
  return {
    folder,
    data: join(folder, 'data'),
    log: join(folder, 'postgres.log'),
    passwordFile: join(folder, 'password'),
    portFile: join(folder, 'port'),
    temporary,
  };
}

const settingsFile = 'cairnloop.conf';

/** Creates a Postgres cluster unless it exists, with a random password for its only user `postgres`. */
export async function createPostgresCluster(
  cluster: PostgresCluster,
  initdb: string,
  account: SystemAccount | undefined,
): Promise<void> {
  await createFolderAtomically(cluster.folder, account, async (folder) => {
    const { data, passwordFile } = clusterAt(folder, cluster.temporary);
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await changeFolderOwner(account, folder);
    const args = ['-D', data, '--pwfile', passwordFile, ...initdbOptions, ...(cluster.temporary ? ['--no-sync'] : [])];
    await runPostgresProgram({ step: 'initdb', file: initdb, args, cwd: folder, account });
    await appendFile(join(data, 'postgresql.conf'), `include = '${settingsFile}'\n`);
  });
}

const initdbOptions = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // Use the locale that is built in since Postgres 17: it sorts and changes case in the same way on every machine.
  '--no-locale',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  // More SCRAM iterations slow down every connection, and nobody can guess a password of 24 random bytes.
  '--set=scram_iterations=1',
  '--no-instructions',
];

export async function readClusterPassword({ passwordFile }: PostgresCluster): Promise<string> {
  return readFile(passwordFile, 'utf8');
}

/**
 * Returns the port of the last start, so that a copied URL stays valid; undefined before the first start. Of two
 * concurrent starts only one gets it, because a server is identified by its port.
 */
export async function reserveLastPostgresPort({ portFile }: PostgresCluster): Promise<number | undefined> {
  const taken = `${portFile}.${randomUUID()}`;
  const text = await rename(portFile, taken)
    .then(() => readFile(taken, 'utf8'))
    .catch(() => '');
  await rm(taken, { force: true });
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export async function writeLastPostgresPort({ portFile }: PostgresCluster, port: number): Promise<void> {
  await writeFile(portFile, String(port));
}

/** Writes the settings that Postgres reads at its next start. */
export async function writeClusterSettings(
  cluster: PostgresCluster,
  settings: PostgresSettings,
  account: SystemAccount | undefined,
): Promise<void> {
  const all = { ...(cluster.temporary && temporaryClusterSettings), ...settings, ...postgresLoopbackSettings };
  const file = join(cluster.data, settingsFile);
  await writeFile(file, renderPostgresSettings(all));
  // Under root's umask, the user that runs Postgres may be unable to read the file.
  if (account) await chown(file, account.uid, account.gid);
}
