import type pg from 'pg';
import { CairnloopError } from '../foundation/errors.js';
import { formatDatabaseTarget } from './connection-url.js';
import { databaseUnreachableError, toKnownDatabaseError } from './database-failure.js';
import { type ConnectionPooling, detectConnectionPooling } from './pooling.js';
import { createUnconfiguredPostgresClient } from './session.js';

/**
 * Connects and checks the server; writes and sets nothing. Throws `DATABASE_UNREACHABLE` (target without password),
 * `DATABASE_BUSY`, or `DATABASE_POOLER` behind a pooler in transaction mode.
 */
export async function probeDatabase(url: string, timeoutMs = 10_000): Promise<void> {
  const pooling = await readOnUnconfiguredConnection(url, timeoutMs, async (_, found) => found);
  if (pooling === 'transaction') throw new CairnloopError('DATABASE_POOLER', { target: formatDatabaseTarget(url) });
}

/**
 * Runs `read` on a connection without our settings, which would leak through a pooler to other clients. Throws as
 * {@link probeDatabase}, but accepts every pooler.
 */
export async function readOnUnconfiguredConnection<T>(
  url: string,
  timeoutMs: number,
  read: (client: pg.Client, pooling: ConnectionPooling) => Promise<T>,
): Promise<T> {
  let client: pg.Client | undefined;
  try {
    client = await connected(url, timeoutMs);
    return await read(
      client,
      await detectConnectionPooling(client, () => connected(url, Math.min(timeoutMs, secondTimeoutMs))),
    );
  } catch (error) {
    throw toKnownDatabaseError(error, url) ?? databaseUnreachableError(error, url);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** Time limit for the second connection of the pooler test, in milliseconds. */
const secondTimeoutMs = 2000;

async function connected(url: string, timeoutMs: number): Promise<pg.Client> {
  const limits = { answer: timeoutMs };
  const client = createUnconfiguredPostgresClient({
    url,
    schema: 'public',
    name: 'cairnloop-probe',
    connectTimeoutMs: timeoutMs,
    limits,
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
