import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { atOnce, holdRow, recordingGenerator, recordingPolicy, sentTexts } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { leaseMs } from './draft-worker.js';

const script = fileURLToPath(new URL('./draft-worker.ts', import.meta.url));

describe('drafts: a worker killed between a draft and its settlement', () => {
  const { startHost } = useHosts();
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  const startWorker = (url: string) =>
    spawn(process.execPath, ['--import', 'tsx', script], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });

  it('AP2 sends what is allowed once, though its request is taken up again', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const { automationPolicy } = recordingPolicy(() => 'allow');
    const config = { ...atOnce, draftGenerator, automationPolicy, worker: { leaseMs } };
    const host = await startHost(config, { worker: false });
    const { conversations, drafts, worker } = host.cairnloop;
    const { id } = await conversations.open({ message: 'I forgot my password.' });
    // The newest message is no customer's: that must not hide the draft from the next worker.
    await conversations.note(id, { content: 'Hm', actor: operator });
    child = startWorker(host.database.url);
    const claimed = await eventually(async () => {
      const [request] = await host.deliveries('draft');
      assert.equal(request?.attempts, 1);
      return request.id;
    }, 60_000);
    // The outcome cannot be written while its row is held; the draft can.
    const lock = 'SELECT id FROM cairnloop.deliveries WHERE id = $1 FOR UPDATE';
    const release = await holdRow(new pg.Client(host.database.url), lock, [claimed]);
    await host.database.query('CREATE TABLE go ()');
    await eventually(async () => assert.equal((await sentTexts(host, id)).length, 1));
    await eventually(async () => {
      const { rows } = await host.database.query(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%settled%'",
      );
      assert.equal(rows.length, 1);
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    // Postgres would still carry out what the dead worker had asked for.
    await host.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await release();
    const [before] = await host.deliveries('draft');
    assert.deepEqual([before?.state, before?.attempts], ['pending', 1]);

    await worker.start();
    await eventually(async () => {
      const [request] = await host.deliveries('draft');
      assert.deepEqual([request?.state, request?.attempts], ['done', 2]);
    });
    assert.equal((await sentTexts(host, id)).length, 1);
    assert.equal((await drafts.listForConversation(id)).length, 1);
    assert.equal(calls.length, 0);
  }).timeout(120_000);
});
