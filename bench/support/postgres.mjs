import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/embedded-postgres/start-embedded-postgres.js';

/** What a Postgres has that keeps its promises, and what users have. */
const durableSettings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

/**
 * One temporary Postgres for a whole run. Like every temporary cluster it does not wait for the disk (`fsync = off`),
 * which is the same for every contestant and lets the work be measured rather than the disk; a `durable` one does wait.
 */
export async function startServer({ durable = false } = {}) {
  const cluster = await startEmbeddedPostgres({
    settings: {
      max_connections: '200',
      shared_buffers: '512MB',
      max_wal_size: '4GB',
      autovacuum_naptime: '5s',
      ...(durable && durableSettings),
    },
  });
  const admin = new pg.Pool({ connectionString: cluster.url, max: 2 });
  let made = 0;
  return {
    version: async () => (await admin.query('SHOW server_version')).rows[0].server_version,
    /** A database: empty, or a clone of another one. */
    async database(template) {
      made += 1;
      const name = `bench_${made}`;
      await admin.query(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`);
      const url = new URL(cluster.url);
      url.pathname = `/${name}`;
      return { name, url: url.href, drop: () => admin.query(`DROP DATABASE ${name} WITH (FORCE)`) };
    },
    async stop() {
      await admin.end();
      await cluster.stop();
    },
  };
}

/** Runs statements over one connection and closes it. */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
