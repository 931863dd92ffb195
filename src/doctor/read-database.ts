import pg from 'pg';
import { type Facts, skipped } from './facts.js';
import { observe } from './observe.js';
import { readSchema } from './read-schema.js';
import { readServer } from './read-server.js';
import { readWork } from './read-work.js';

/** Looks at the server, the schema and the work in it, each only where the one before is there, for `timeoutMs` in all. */
export async function readDatabase(
  url: string,
  schema: string,
  timeoutMs: number,
): Promise<Pick<Facts, 'database' | 'schema' | 'work'>> {
  const until = performance.now() + timeoutMs;
  const look = <T>(what: string, because: string, read: () => Promise<T>) => {
    const fix = `check the server, and that the role of database.url may read schema ${schema}`;
    return observe({ what, because, fix, timeoutMs: Math.max(1, Math.round(until - performance.now())) }, read);
  };
  const withClient = <T>(query: (client: pg.Client) => Promise<T>) => connected(url, timeoutMs, query);
  const database = await look('the database', 'the database cannot be reached', () => readServer(url, withClient));
  if (database.state !== 'known') {
    return { database, schema: skipped(database.because), work: skipped(database.because) };
  }
  const found = await look('the schema', 'the schema cannot be read', () =>
    withClient((client) => readSchema(client, schema)),
  );
  if (found.state !== 'known') return { database, schema: found, work: skipped(found.because) };
  const { pending, unknown } = found.value;
  if (pending.length > 0) return { database, schema: found, work: skipped('migrations are pending') };
  if (unknown.length > 0) return { database, schema: found, work: skipped('the schema is newer than this package') };
  const work = await look('the tables', 'the tables cannot be read', () =>
    withClient((client) => readWork(client, schema)),
  );
  return { database, schema: found, work };
}

async function connected<T>(url: string, timeoutMs: number, query: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'cairnloop-doctor',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await query(client);
  } finally {
    await client.end().catch(() => {});
  }
}
