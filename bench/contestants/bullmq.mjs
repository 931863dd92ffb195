/** Its jobs live in Redis (127.0.0.1:6379); the conversations are loaded from Postgres, as everybody else's. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

/** BullMQ's own wish for a worker; it may not make the client itself in an ES module. */
const connect = () => new Redis({ host: '127.0.0.1', port: 6379, maxRetriesPerRequest: null });
const name = 'cairnloop-bench';

export async function prepare(url, { jobs }) {
  const connection = connect();
  const queue = new Queue(name, { connection });
  await queue.obliterate({ force: true });
  const ids = await withClient(url, (client) =>
    client.query('SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1', [jobs]),
  );
  await queue.addBulk(ids.rows.map((data) => ({ name: 'resolved', data, opts: { removeOnComplete: true } })));
  await queue.close();
  await connection.quit();
}

export async function work(url, { jobs, concurrency }) {
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => {});
  const count = countCalls(jobs);
  const load = async ({ data }) => {
    const values = [data.id];
    await pool.query({ name: 'load', text: 'SELECT * FROM cairnloop.conversations WHERE id = $1', values });
    count.call();
  };
  const connection = connect();
  const worker = new Worker(name, load, { connection, concurrency });
  const seconds = await count.all;
  await worker.close();
  await connection.quit();
  await pool.end();
  return { seconds };
}
