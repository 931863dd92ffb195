import type pg from 'pg';
import { formatDatabaseTarget, isLocalDatabaseUrl } from '../db/connection-url.js';
import { readDatabaseProperties } from '../db/migrate-preconditions.js';
import { readOnUnconfiguredConnection } from '../db/probe.js';
import type { DatabaseFacts } from './facts.js';

/**
 * Reads the properties of the database server and of the connection to it. Throws `DATABASE_UNREACHABLE`,
 * `DATABASE_BUSY`.
 */
export async function readDatabaseFacts(url: string, timeoutMs: number): Promise<DatabaseFacts> {
  const found = await readOnUnconfiguredConnection(url, timeoutMs, async (client, pooling) => ({
    ...(await readSettings(client)),
    ...(await readDatabaseProperties(client)),
    pooling,
  }));
  return { ...found, target: formatDatabaseTarget(url), isLocal: isLocalDatabaseUrl(url) };
}

type Settings = Pick<DatabaseFacts, 'clockSkewMs' | 'readOnly' | 'superuser' | 'encrypted' | 'maxConnections'>;

async function readSettings(client: pg.Client): Promise<Settings> {
  const before = Date.now();
  const { rows } = await client.query(selectSettings);
  const here = (before + Date.now()) / 2;
  const { now, ...settings } = rows[0];
  return { ...settings, clockSkewMs: Math.round(here - now) };
}

/** Selects settings of the server. The time is a number, because session settings change how a timestamp is written. */
const selectSettings = `
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "readOnly",
    coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "maxConnections"`;
