import assert from 'node:assert/strict';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { readDatabase } from '../support/read-database.js';
import { useHosts } from '../support/started-host.js';

describe('the table of the Postgres job backend', () => {
  const { startHost } = useHosts();

  it('if it is missing, worker and doctor do not use a table of the host’s instead, and no hint names jobs.url', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await database.query('CREATE TABLE public.agenda_jobs (LIKE cairnloop.agenda_jobs INCLUDING ALL)');
    await database.query('DROP TABLE cairnloop.agenda_jobs');
    await assert.rejects(cairnloop.worker.start(), ({ code, message, hint }: CairnloopError) => {
      assert.equal(code, 'JOBS_UNREACHABLE');
      assert.match(message, /relation "agenda_jobs" does not exist/);
      assert.doesNotMatch(hint, /jobs\.url/);
      return true;
    });
    const { jobs, work } = await readDatabase(database.url, 'cairnloop', 5000);
    assert.deepEqual([jobs.state, work.state], ['failed', 'known']);
    assert.match(JSON.stringify(jobs), /agenda_jobs/);
    assert.doesNotMatch(JSON.stringify(jobs), /jobs\.url/);
  });

  it('in a read-only database keeps a worker from starting, and the error says that the database is read-only', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await database.query(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`,
    );
    await assert.rejects(cairnloop.worker.start(), { code: 'DATABASE_READ_ONLY' });
    await database.query(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} RESET default_transaction_read_only`,
    );
    await cairnloop.worker.start();
  });
});
