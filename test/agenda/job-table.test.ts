import assert from 'node:assert/strict';
import { readDatabase } from '../../src/doctor/read-database.js';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { useHosts } from '../support/started-host.js';

describe('the table of the Postgres job backend', () => {
  const { startHost } = useHosts();

  it('where it is missing, neither worker nor doctor takes the host’s own in its place, and no hint names jobs.url', async () => {
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

  it('in a database that is read-only keeps a worker from starting, which is told as what it is', async () => {
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
