import type pg from 'pg';
import { isAnswer } from './outage.js';

/** `none`: a connection keeps one database session. `transaction`: a pooler hands sessions out by the transaction. */
export type Pooling = 'none' | 'transaction' | 'unknown';

/** One round may be misled by the pooler's other clients, who take sessions in between; so many are not. */
const rounds = 20;

/**
 * Finds out how `client` is connected, by reading alone: what were set in a session that is shared would reach others.
 * Postgres tells a client the number of its server process. A pooler makes that number up, so a true one means that
 * there is none; otherwise it is tried whether another connection, in a transaction, gets the session of this one.
 */
export async function poolingOf(client: pg.Client, connectAnother: () => Promise<pg.Client>): Promise<Pooling> {
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
    // Asked no further: where it is the pooler's only session, the question would wait for the transaction's end.
    if ((await sessionOf(other)) === own || (await sessionOf(client)) !== own) return true;
    await other.query('ROLLBACK');
  }
  return false;
}

/** A pooler that hands sessions out by the statement refuses BEGIN; one that has none left is silent, or says so. */
function refusesTransactions(error: unknown): boolean {
  return isAnswer(error) && !/query_wait_timeout/.test((error as Error).message);
}

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}
