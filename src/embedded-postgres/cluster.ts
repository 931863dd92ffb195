import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemAccount } from './account.js';
import { buildFolder, changeOwner } from './build-folder.js';
import type { PostgresHome } from './home.js';
import { runProgram } from './run-program.js';
import { loopbackSettings, type PostgresSettings, renderSettings, temporaryClusterSettings } from './settings.js';

/** One Postgres cluster on disk. */
export interface PostgresCluster {
  /** Holds everything below; belongs to the account, closed to others. */
  folder: string;
  data: string;
  log: string;
  passwordFile: string;
  /** Names the port of the last start. */
  portFile: string;
  temporary: boolean;
}

/** The folder of the cluster in a home folder, whether it exists or not. */
export function clusterOfHome({ path, temporary }: PostgresHome): PostgresCluster {
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

/** Creates the cluster unless it exists, with a random password for its one user `postgres`. */
export async function createPostgresCluster(
  cluster: PostgresCluster,
  initdb: string,
  account: SystemAccount | undefined,
): Promise<void> {
  await buildFolder(cluster.folder, account, async (folder) => {
    const { data, passwordFile } = clusterAt(folder, cluster.temporary);
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await changeOwner(account, folder);
    const args = ['-D', data, '--pwfile', passwordFile, ...initdbOptions, ...(cluster.temporary ? ['--no-sync'] : [])];
    await runProgram({ step: 'initdb', file: initdb, args, cwd: folder, account });
    await appendFile(join(data, 'postgresql.conf'), `include = '${settingsFile}'\n`);
  });
}

const initdbOptions = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // Built in since Postgres 17: the same order and case rules on every machine.
  '--no-locale',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  // Iterations slow down guessing; nobody guesses 24 random bytes, and each connection would pay for them.
  '--set=scram_iterations=1',
  '--no-instructions',
];

export async function readClusterPassword({ passwordFile }: PostgresCluster): Promise<string> {
  return readFile(passwordFile, 'utf8');
}

/**
 * Takes the port of the last start, so that a URL that somebody has copied stays valid; undefined before the first. Of two
 * starts at once only one gets it: a server is known by its port.
 */
export async function takeLastPort({ portFile }: PostgresCluster): Promise<number | undefined> {
  const taken = `${portFile}.${randomUUID()}`;
  const text = await rename(portFile, taken)
    .then(() => readFile(taken, 'utf8'))
    .catch(() => '');
  await rm(taken, { force: true });
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export async function writeLastPort({ portFile }: PostgresCluster, port: number): Promise<void> {
  await writeFile(portFile, String(port));
}

/** Sets what the next start of the server reads. */
export async function writeClusterSettings(
  cluster: PostgresCluster,
  settings: PostgresSettings,
  account: SystemAccount | undefined,
): Promise<void> {
  const all = { ...(cluster.temporary && temporaryClusterSettings), ...settings, ...loopbackSettings };
  const file = join(cluster.data, settingsFile);
  await writeFile(file, renderSettings(all));
  // The umask may close to the account what root has written.
  if (account) await chown(file, account.uid, account.gid);
}
