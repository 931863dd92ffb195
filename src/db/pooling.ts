import type pg from 'pg';
import { isErrorFromServer } from './outage.js';

/**
 * How connections map to database sessions. `none`: each connection has its own. `transaction`: a pooler assigns a
 * session for each transaction. `unknown`: the test failed.
 */
export type ConnectionPooling = 'none' | 'transaction' | 'unknown';

/** How often the pooler test is repeated: other clients of the pooler may falsify one round, but hardly all. */
const rounds = 20;

/**
 * Detects a transaction-mode pooler by reading only, because settings in a shared session would reach other clients.
 * Without a pooler the backend pid that the client was given is the real one. Otherwise a second connection tests
 * whether both get the same session.
 */
export async function detectConnectionPooling(
  client: pg.Client,
  connectAnother: () => Promise<pg.Client>,
): Promise<ConnectionPooling> {
  const told = (client as unknown as { processID: number | null }).processID;
  if ((await sessionOf(client)) === told) return 'none';
  const other = await connectAnother().catch(() => undefined);
  if (!other) return 'unknown';
  try {
    return (await sharesSessions(client, other)) ? 'transaction' : 'none';
  } catch (error) {
    return refusesTransactions(error) ? 'transaction' : 'unknown';
  } finally {
    await other.end().catch(() => {});
  }
}

async function sharesSessions(client: pg.Client, other: pg.Client): Promise<boolean> {
  const own = await sessionOf(client);
  for (let round = 0; round < rounds; round += 1) {
    await other.query('BEGIN');
    // If both connections share a session, `client` is not queried: it might have to wait for the end of this
    // transaction.
    if ((await sessionOf(other)) === own || (await sessionOf(client)) !== own) return true;
    await other.query('ROLLBACK');
  }
  return false;
}

/**
 * Whether the server refused BEGIN, as a pooler in statement mode does. A pooler without a free session times out, or
 * reports `query_wait_timeout`.
 */
function refusesTransactions(error: unknown): boolean {
  return isErrorFromServer(error) && !/query_wait_timeout/.test((error as Error).message);
}

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}
