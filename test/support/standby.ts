import { chmod, cp, lchown, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';
import { eventually } from './eventually.js';

/**
 * Starts a streaming standby of a cluster: a copy of its data made while it was stopped, since the embedded programs hold
 * no pg_basebackup. It returns once it replays what the primary writes. The caller stops it.
 */
export async function startStandby(primary: EmbeddedPostgres): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairnloop-standby-'));
  await primary.halt('fast');
  await copyWithOwners(primary.dataDir, dataDir);
  const { password, port } = new URL(primary.url);
  const data = join(dataDir, 'cluster', 'data');
  await writeFile(join(data, 'standby.signal'), '');
  await copyOwner(data, join(data, 'standby.signal'));
  await primary.resume();
  const standby = await startEmbeddedPostgres({
    dataDir,
    temporary: true,
    settings: {
      max_connections: '200',
      primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`,
      // Else it waits for five seconds between two attempts to connect.
      wal_retrieve_retry_interval: '100',
    },
  });
  await eventually(async () => {
    const [row] = await ask(primary.url, `SELECT 1 AS found FROM pg_stat_replication WHERE state = 'streaming'`);
    if (!row) throw new Error('the standby does not stream yet');
  });
  return standby;
}

/** Makes commits of the primary wait until the standby has them, so that nothing that was answered can be lost. */
export async function replicateSynchronously(primary: EmbeddedPostgres): Promise<void> {
  await ask(primary.url, `ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
  await ask(primary.url, 'SELECT pg_reload_conf()');
  await eventually(async () => {
    const [row] = await ask(primary.url, `SELECT 1 AS found FROM pg_stat_replication WHERE sync_state = 'sync'`);
    if (!row) throw new Error('the standby is not synchronous yet');
  });
}

/** Makes the standby a primary. */
export async function promote(standby: EmbeddedPostgres): Promise<void> {
  await ask(standby.url, 'SELECT pg_promote()');
}

/** One statement on a connection of its own, which may write where writing is off by default. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url }).on('error', () => {});
  await client.connect();
  try {
    await client.query('SET default_transaction_read_only = off');
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function copyWithOwners(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  // `to` exists, so that its mode is its own: the user that Postgres runs as could not enter it.
  await chmod(to, (await stat(from)).mode);
  await copyOwner(from, to);
  for (const entry of await readdir(from, { recursive: true }))
    await copyOwner(join(from, entry), join(to, entry)).catch(() => {});
}

async function copyOwner(from: string, to: string): Promise<void> {
  const { uid, gid } = await stat(from);
  await lchown(to, uid, gid);
}
