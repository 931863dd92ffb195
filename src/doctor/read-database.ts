import type pg from 'pg';
import { requireJobTable } from '../db/job-table.js';
import { openSession } from '../db/session.js';
import { type Facts, skipped } from './facts.js';
import { observe } from './observe.js';
import { readSchema } from './read-schema.js';
import { readServer } from './read-server.js';
import { readWork } from './read-work.js';

/** Looks at the server, the schema and the work in it, each only where the one before is there, for `timeoutMs` in all. */
export async function readDatabase(url: string, schema: string, timeoutMs: number): Promise<Stored> {
  const until = performance.now() + timeoutMs;
  const look = <T>(what: string, because: string, read: () => Promise<T>) => {
    const fix = `check the server, and that the role of database.url may read schema ${schema}`;
    return observe({ what, because, fix, timeoutMs: Math.max(1, Math.round(until - performance.now())) }, read);
  };
  const withClient = <T>(query: (client: pg.Client) => Promise<T>) => connected({ url, schema, timeoutMs }, query);
  const database = await look('the database', 'the database cannot be reached', () => readServer(url, timeoutMs));
  if (database.state !== 'known') return { database, ...nothing(database.because) };
  // A session that is shared is one on which nothing may be set.
  if (database.value.pooling === 'transaction')
    return { database, ...nothing('the database is reached through a pooler in transaction mode') };
  const found = await look('the schema', 'the schema cannot be read', () =>
    withClient((client) => readSchema(client, schema)),
  );
  if (found.state !== 'known') return { database, ...nothing(found.because), schema: found };
  const { pending, incompatible } = found.value;
  if (pending.length > 0) return { database, ...nothing('migrations are pending'), schema: found };
  if (incompatible.length > 0) return { database, ...nothing('the schema is newer than this package'), schema: found };
  const [work, jobs] = await Promise.all([
    look('the tables', 'the tables cannot be read', () => withClient((client) => readWork(client, schema))),
    look('the job backend', 'the job backend cannot be reached', async () => {
      await withClient((client) => requireJobTable(client, schema));
      return { backend: 'postgres' as const };
    }),
  ]);
  return { database, schema: found, work, jobs };
}

/** What is learned of the database; `jobs` are those of the Postgres backend. */
export type Stored = Pick<Facts, 'database' | 'schema' | 'work' | 'jobs'>;

function nothing(because: string): Omit<Stored, 'database'> {
  return { schema: skipped(because), work: skipped(because), jobs: skipped(because) };
}

interface Place {
  url: string;
  schema: string;
  timeoutMs: number;
}

/** Over the same kind of connection as the worker's, so that what is seen is what the worker finds. */
async function connected<T>({ url, schema, timeoutMs }: Place, query: (client: pg.Client) => Promise<T>): Promise<T> {
  const limits = { answer: timeoutMs, statement: timeoutMs };
  const client = await openSession({ url, schema, name: 'cairnloop-doctor', connectTimeoutMs: timeoutMs, limits });
  try {
    return await query(client);
  } finally {
    await client.end().catch(() => {});
  }
}
