import pg from 'pg';
import { migrateUp } from '../dist/db/migrate.js';
import { fill } from './sizing/fill.mjs';
import { partitions } from './sizing/partitions.mjs';
import { readReplica } from './sizing/replica.mjs';
import { startServer } from './support/postgres.mjs';
import { figure } from './support/report.mjs';
import { scaled } from './support/scale.mjs';

const conversations = scaled(Number(process.env.CAIRNLOOP_SIZING ?? 100_000), 500);
const perTable = ['conversations', 'messages', 'deliveries', 'audit_events', 'slas'];
const tenants = 25;

/** What rows cost on disk, and what the ways to grow beyond one table, schema and server gain: docs/sizing.md. */
export async function run({ say }) {
  const server = await startServer();
  const { url } = await server.database();
  await migrateUp({ url, schema: 'cairnloop' });
  const database = new pg.Pool({ connectionString: url, max: 1 });
  const query = (text) => database.query(text);
  try {
    say(`filling: ${figure(conversations)} conversations of four messages, a reply and a resolution`);
    await fill(url, conversations);
    say('vacuuming');
    const sizes = await measureSizes(query);
    say('reading from tables cut by time');
    const cut = await partitions(query);
    say('deleting a fifth of the deliveries, as retention does, against dropping a partition of them');
    const retention = await deleteAgainstDrop(query);
    say(`migrating ${tenants} schemas`);
    const schemas = await manySchemas(url, query);
    say('reading from a streaming standby');
    const replica = await readReplica(Math.round(conversations / 3));
    return {
      title: 'Sizing',
      about: `${figure(conversations)} conversations; every figure is of this run. ${await server.version()}.`,
      tables: [sizes, cut, retention, schemas, ...replica],
      marks: [],
    };
  } finally {
    await database.end();
    await server.stop();
  }
}

async function measureSizes(query) {
  const rows = [];
  let total = 0;
  for (const table of perTable) {
    const vacuumed = await timed(() => query(`VACUUM (ANALYZE) cairnloop.${table}`));
    const { rows: found } = await query(`
      SELECT count(*)::int AS rows, pg_total_relation_size('cairnloop.${table}')::float8 AS bytes,
        pg_indexes_size('cairnloop.${table}')::float8 AS indexes FROM cairnloop.${table}`);
    const [{ rows: count, bytes, indexes }] = found;
    if (count === 0) continue;
    total += bytes;
    rows.push([table, ...[count, bytes / count, indexes / count, vacuumed].map(figure)]);
  }
  const gigabytes = ((total / conversations) * 1e6) / 1e9;
  rows.push(['all, for a million conversations', '', `${gigabytes.toFixed(1)} GB`, '', '']);
  return { caption: 'On disk', head: ['table', 'rows', 'bytes a row', 'of them indexes', 'first vacuum (ms)'], rows };
}

async function deleteAgainstDrop(query) {
  const fifth = Math.floor((conversations * 2) / 5);
  await query(
    `CREATE TABLE cairnloop.sizing_parts (LIKE cairnloop.deliveries INCLUDING DEFAULTS) PARTITION BY RANGE (created_at)`,
  );
  await query(`CREATE TABLE cairnloop.sizing_part PARTITION OF cairnloop.sizing_parts DEFAULT`);
  await query(`INSERT INTO cairnloop.sizing_parts SELECT * FROM cairnloop.deliveries ORDER BY id LIMIT ${fifth}`);
  await query('CREATE INDEX ON cairnloop.sizing_parts (topic, available_at, id)');
  const deleted = await timed(() =>
    query(
      `DELETE FROM cairnloop.deliveries WHERE id IN (SELECT id FROM cairnloop.deliveries ORDER BY id LIMIT ${fifth})`,
    ),
  );
  const vacuumed = await timed(() => query('VACUUM cairnloop.deliveries'));
  const dropped = await timed(() => query('DROP TABLE cairnloop.sizing_part'));
  await query('DROP TABLE cairnloop.sizing_parts');
  return {
    caption: `${figure(fifth)} done deliveries that are over`,
    head: ['way', 'ms'],
    rows: [
      ['DELETE', figure(deleted)],
      ['and the vacuum after it', figure(vacuumed)],
      ['DROP of a partition', figure(dropped)],
    ],
  };
}

async function manySchemas(url, query) {
  const before = await bytesOf(query);
  const migrated = await timed(async () => {
    for (let n = 0; n < tenants; n += 1) await migrateUp({ url, schema: `tenant_${n}` });
  });
  const bytes = (await bytesOf(query)) - before;
  return {
    caption: `${tenants} more schemas in one database`,
    head: ['of each', ''],
    rows: [
      ['migrate, ms', figure(migrated / tenants)],
      ['empty, MB', (bytes / tenants / 1e6).toFixed(2)],
    ],
  };
}

async function bytesOf(query) {
  const { rows } = await query('SELECT pg_database_size(current_database())::float8 AS bytes');
  return rows[0].bytes;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
