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

/** The sessions of this database that wait for a lock. */
const blocked = `SELECT pid, query FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

describe('drafts: a worker killed between a draft and its settlement', () => {
  let child: ChildProcess | undefined;
  let release: (() => Promise<void>) | undefined;
  // Before the hosts': a database with a session that holds a lock is hard to drop.
  afterEach(async () => {
    child?.kill('SIGKILL');
    await release?.();
  });
  const { startHost } = useHosts();

  it('AP2 sends an allowed draft once, although its request is repeated', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const { automationPolicy } = recordingPolicy(() => 'allow');
    const config = { ...atOnce, draftGenerator, automationPolicy, worker: { leaseMs } };
    const host = await startHost(config, { worker: false });
    const { conversations, drafts, worker } = host.cairnloop;
    const { id } = await conversations.open({ message: 'I forgot my password.' });
    // The newest message is no customer's: that must not hide the draft from the next worker.
    await conversations.note(id, { content: 'Hm', actor: operator });
    const env = { ...process.env, DATABASE_URL: host.database.url };
    child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually(async () => {
      const [request] = await host.deliveries('draft');
      assert.ok(request && request.attempts > 0, 'not taken up yet');
    }, 60_000);

    // No outcome can be written while this table takes no writes; the draft can.
    const lock = 'LOCK TABLE cairnloop.delivery_outcomes IN EXCLUSIVE MODE';
    release = await holdRow(new pg.Client(host.database.url), lock, []);
    await host.database.query('CREATE TABLE go ()');
    await eventually(async () => assert.equal((await sentTexts(host, id)).length, 1), 30_000);
    await eventually(async () => assert.match((await blockedQueries()).join(), /settled/), 30_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // Postgres would still carry out what the dead worker had asked for.
    await host.database.query(`SELECT pg_terminate_backend(pid) FROM (${blocked}) blocked`);
    await release();
    const [before] = await host.deliveries('draft');
    assert.equal(before?.state, 'pending');

    await worker.start();
    await eventually(async () => {
      const [request] = await host.deliveries('draft');
      assert.equal(request?.state, 'done');
      assert.ok(request.attempts > before.attempts, 'not taken up again yet');
    }, 30_000);
    assert.equal((await sentTexts(host, id)).length, 1);
    assert.equal((await drafts.listForConversation(id)).length, 1);
    assert.equal(calls.length, 0);

    async function blockedQueries(): Promise<string[]> {
      return (await host.database.query(blocked)).rows.map(({ query }) => query);
    }
  }).timeout(180_000);
});
