import type pg from 'pg';
import { CairnloopError } from '../foundation/errors.js';
import { databaseTarget } from './connection-url.js';
import { expectedFailure, unreachable } from './database-failure.js';
import { type Pooling, poolingOf } from './pooling.js';
import { newClient } from './session.js';

/**
 * Connects, and looks what is at the other end. Throws `DATABASE_UNREACHABLE`, naming the target without its password,
 * `DATABASE_BUSY`, and `DATABASE_POOLER` for a pooler in transaction mode: before anything is set or written.
 */
export async function probeDatabase(url: string, timeoutMs = 10_000): Promise<void> {
  const pooling = await lookAtDatabase(url, timeoutMs, async (_, found) => found);
  if (pooling === 'transaction') throw new CairnloopError('DATABASE_POOLER', { target: databaseTarget(url) });
}

/**
 * Reads over a connection that nothing was set on, since behind a pooler that would reach others. Throws as
 * {@link probeDatabase}, but for the pooler.
 */
export async function lookAtDatabase<T>(
  url: string,
  timeoutMs: number,
  read: (client: pg.Client, pooling: Pooling) => Promise<T>,
): Promise<T> {
  let client: pg.Client | undefined;
  try {
    client = await connected(url, timeoutMs);
    return await read(client, await poolingOf(client, () => connected(url, Math.min(timeoutMs, secondTimeoutMs))));
  } catch (error) {
    throw expectedFailure(error, url) ?? unreachable(error, url);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** A second connection is asked for to compare; a pooler that has none left lets it wait. In milliseconds. */
const secondTimeoutMs = 2000;

async function connected(url: string, timeoutMs: number): Promise<pg.Client> {
  const limits = { answer: timeoutMs };
  const client = newClient({ url, schema: 'public', name: 'cairnloop-probe', connectTimeoutMs: timeoutMs, limits });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
