import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

const quiet = new Logger(() => () => {});

export async function prepare(url, { jobs }) {
  const utils = await makeWorkerUtils({ connectionString: url, logger: quiet });
  await utils.migrate();
  await utils.release();
  await withClient(url, async (client) => {
    await client.query(
      `SELECT count(graphile_worker.add_job('resolved', json_build_object('id', id)))
       FROM (SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1) c`,
      [jobs],
    );
    await client.query('VACUUM ANALYZE');
  });
}

export async function work(url, { jobs, concurrency = 10 }) {
  const pool = new pg.Pool({ connectionString: url, max: concurrency + 2 }).on('error', () => {});
  const count = countCalls(jobs);
  const runner = await run({
    pgPool: pool,
    concurrency,
    logger: quiet,
    noHandleSignals: true,
    taskList: {
      async resolved({ id }) {
        await pool.query({ name: 'load', text: 'SELECT * FROM cairnloop.conversations WHERE id = $1', values: [id] });
        count.call();
      },
    },
  });
  const seconds = await count.all;
  await runner.stop();
  await pool.end();
  return { seconds };
}
