import pg from 'pg';
import PgBoss from 'pg-boss';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

const queue = 'resolved';
const batchSize = 100;

export async function prepare(url, { jobs }) {
  const boss = await open(url);
  await boss.createQueue(queue);
  await withClient(url, async (client) => {
    const { rows } = await client.query('SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1', [jobs]);
    for (let from = 0; from < rows.length; from += 1000) {
      await boss.insert(rows.slice(from, from + 1000).map(({ id }) => ({ name: queue, data: { id } })));
    }
    await client.query('VACUUM ANALYZE');
  });
  await boss.stop({ graceful: false });
}

/** Its fastest way: fetch a batch, load its conversations in one query, complete the batch. */
export async function work(url, { jobs }) {
  const pool = new pg.Pool({ connectionString: url, max: 2 }).on('error', () => {});
  const boss = await open(url);
  const count = countCalls(jobs);
  for (;;) {
    const batch = await boss.fetch(queue, { batchSize });
    if (batch.length === 0) break;
    await pool.query({ name: 'load', text: load, values: [batch.map((job) => job.data.id)] });
    for (const _job of batch) count.call();
    await boss.complete(
      queue,
      batch.map((job) => job.id),
    );
  }
  const seconds = await count.all;
  await boss.stop({ graceful: false });
  await pool.end();
  return { seconds };
}

const load = 'SELECT * FROM cairnloop.conversations WHERE id = ANY ($1::uuid[])';

async function open(url) {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  return boss;
}
