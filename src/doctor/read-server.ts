import type pg from 'pg';
import { databaseTarget, probeDatabase } from '../db/connect.js';
import type { DatabaseFacts } from './facts.js';

/** Runs statements over a connection of their own. */
export type WithClient = <T>(query: (client: pg.Client) => Promise<T>) => Promise<T>;

/** What kind of server it is and how it is reached. @throws CairnloopError DATABASE_UNREACHABLE */
export async function readServer(url: string, withClient: WithClient): Promise<DatabaseFacts> {
  await probeDatabase(url);
  const [server, pooling] = await Promise.all([
    withClient(readSettings),
    readPooling(withClient).catch(() => 'unknown' as const),
  ]);
  return { ...server, target: databaseTarget(url), isLocal: isLocal(url), pooling };
}

async function readSettings(client: pg.Client): Promise<Omit<DatabaseFacts, 'target' | 'isLocal' | 'pooling'>> {
  const before = Date.now();
  const { rows } = await client.query(selectSettings);
  const here = (before + Date.now()) / 2;
  const { now, ...settings } = rows[0];
  return { ...settings, clockSkewMs: Math.round(here - now.getTime()) };
}

const selectSettings = `
  SELECT clock_timestamp() AS now,
    current_setting('server_version') AS version,
    current_setting('server_version_num')::int AS "versionNumber",
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "readOnly",
    coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "maxConnections"`;

/**
 * A pooler in transaction mode gives a connection back its server session after each statement: while another
 * connection holds that session in a transaction, the first one finds itself in another.
 */
async function readPooling(withClient: WithClient): Promise<DatabaseFacts['pooling']> {
  return withClient(async (first) => {
    const before = await sessionOf(first);
    return withClient(async (second) => {
      await second.query('BEGIN');
      const held = await sessionOf(second);
      const after = await sessionOf(first);
      await second.query('ROLLBACK');
      return poolingOf({ before, held, after });
    });
  });
}

/** Pure: `before` and `after` are the sessions of one connection, `held` that of another one in between. */
export function poolingOf(sessions: { before: number; held: number; after: number }): DatabaseFacts['pooling'] {
  const ownSession = sessions.before === sessions.after && sessions.before !== sessions.held;
  return ownSession ? 'none' : 'transaction';
}

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return rows[0].pid;
}

/** A socket path has no host in its URL. */
function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' || host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
