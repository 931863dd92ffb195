/** Agenda with one job an event, as its documentation has it; tuned only in that finished jobs are removed. */
import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda } from 'agenda';
import pg from 'pg';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

const concurrency = 20;

export async function prepare(url, { jobs }) {
  const pool = new pg.Pool({ connectionString: url });
  const agenda = new Agenda({ backend: new PostgresBackend({ pool }) });
  await agenda.ready;
  await pool.end();
  await withClient(url, async (client) => {
    await client.query(
      `INSERT INTO agenda_jobs (name, data, next_run_at)
       SELECT 'resolved', jsonb_build_object('id', id), now() - make_interval(secs => row_number() OVER (ORDER BY id DESC) / 1000.0)
       FROM (SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1) c`,
      [jobs],
    );
    await client.query('VACUUM ANALYZE');
  });
}

export async function work(url, { jobs }) {
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => {});
  const agenda = new Agenda({
    backend: new PostgresBackend({ pool, ensureSchema: false }),
    maxConcurrency: concurrency,
  });
  const count = countCalls(jobs);
  agenda.define(
    'resolved',
    async (job) => {
      const values = [job.attrs.data.id];
      await pool.query({ name: 'load', text: 'SELECT * FROM cairnloop.conversations WHERE id = $1', values });
      count.call();
    },
    { concurrency, removeOnComplete: true },
  );
  await agenda.start();
  const seconds = await count.all;
  await agenda.stop(false);
  await pool.end();
  return { seconds };
}
