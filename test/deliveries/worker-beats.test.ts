import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/connect.js';
import { findWorkerHeartbeats } from '../../src/deliveries/worker-health.js';
import { createTestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('heartbeats of workers', () => {
  it('are listed newest first, so that the limit hides no worker that is alive', async () => {
    const database = await createTestDatabase(migrated);
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
    await database.query(
      `INSERT INTO cairnloop.worker_heartbeats (worker_id, host, pid, version, state, concurrency, modules, started_at, beat_at)
       SELECT gen_random_uuid(), 'host-' || n, n, '0.1.0', 'running', 1, '{}', now(), now() - n * interval '1 minute'
       FROM generate_series(1, 1001) n ORDER BY n DESC`,
    );
    const hosts = (await findWorkerHeartbeats(db)).map(({ host }) => host);
    assert.deepEqual([hosts.length, hosts[0], hosts[1]], [1000, 'host-1', 'host-2']);
    await db.close();
    await database.drop();
  });
});
