/** Its jobs live in Redis (127.0.0.1:6379); the conversations are loaded from Postgres, as everybody else's. */
import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

const connection = { host: '127.0.0.1', port: 6379 };
const name = 'cairnloop-bench';

export async function prepare(url, { jobs }) {
  const queue = new Queue(name, { connection });
  await queue.obliterate({ force: true });
  const ids = await withClient(url, (client) =>
    client.query('SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1', [jobs]),
  );
  await queue.addBulk(ids.rows.map((data) => ({ name: 'resolved', data, opts: { removeOnComplete: true } })));
  await queue.close();
}

export async function work(url, { jobs, concurrency }) {
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => {});
  const count = countCalls(jobs);
  const load = async ({ data }) => {
    const values = [data.id];
    await pool.query({ name: 'load', text: 'SELECT * FROM cairnloop.conversations WHERE id = $1', values });
    count.call();
  };
  const worker = new Worker(name, load, { connection, concurrency });
  const seconds = await count.all;
  await worker.close();
  await pool.end();
  return { seconds };
}
