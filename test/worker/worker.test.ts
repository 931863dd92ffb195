import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { causes } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { type StartedHost, useHosts } from '../support/started-host.js';

describe('a worker in the process of its host', () => {
  const { startHost } = useHosts();
  const resolveOne = (host: StartedHost) => causes.onConversationResolved.cause(host, 'any');

  const held = () => {
    let finish = () => {};
    const until = new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { ...recordingNotifier(() => until), finish: () => finish() };
  };

  const states = async (host: StartedHost) =>
    (await host.deliveries('conversation_resolved')).map(({ state }) => state);

  const wakeUps = async ({ database }: StartedHost) =>
    (await database.query(`SELECT FROM cairnloop.agenda_jobs WHERE name = 'notify-resolved' AND locked_at IS NULL`))
      .rowCount;

  it('can be stopped and started again', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 1));
    await host.cairnloop.worker.stop();
    assert.equal(host.cairnloop.worker.state, 'stopped');
    await resolveOne(host);
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 2));
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 3));
  });

  it('OP5 finishes running callbacks before it stops, takes no new ones, and reports that it is draining', async () => {
    const { notifier, calls, finish } = held();
    const host = await startHost({ notifier });
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 1));
    const stopped = host.cairnloop.worker.stop();
    assert.equal(host.cairnloop.worker.state, 'draining');
    await resolveOne(host);
    assert.deepEqual(await states(host), ['pending', 'pending']);
    await sleep(600);
    assert.equal(await wakeUps(host), 1, 'the wake-up is left to others');
    finish();
    await stopped;
    assert.deepEqual(await states(host), ['done', 'pending']);
    assert.equal(calls.length, 1);
  });

  it('OP5 stops after shutdownTimeoutMs with callbacks still running, which the next worker calls again', async () => {
    const { notifier, calls, finish } = held();
    const leaseMs = 15_000;
    const host = await startHost({ notifier, worker: { shutdownTimeoutMs: 50, leaseMs } });
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 1));
    await host.cairnloop.worker.stop();
    assert.deepEqual(await states(host), ['pending']);
    finish();
    await host.advance(leaseMs);
    await host.cairnloop.worker.start();
    await eventually(async () => assert.deepEqual(await states(host), ['done']));
    assert.deepEqual(
      calls.map(({ metadata }) => [metadata.deliveryId, metadata.attempt]),
      [1, 2].map((attempt) => [calls[0]?.metadata.deliveryId, attempt]),
    );
  });

  it('close() waits for it, whoever stopped it', async () => {
    const { notifier, calls, finish } = held();
    const host = await startHost({ notifier });
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 1));
    host.cairnloop.worker.stop();
    const closed = host.cairnloop.close();
    finish();
    await closed;
    const { rows } = await host.database.query('SELECT state FROM cairnloop.deliveries');
    assert.deepEqual(rows, [{ state: 'done' }]);
  });

  it('stops completely when it is stopped while it starts', async () => {
    const host = await startHost({}, { worker: false });
    const started = host.cairnloop.worker.start();
    await host.cairnloop.worker.stop();
    await started;
    assert.equal(host.cairnloop.worker.state, 'stopped');
    const { rows } = await host.database.query('SELECT * FROM cairnloop.worker_heartbeats');
    assert.deepEqual(rows, []);
  });

  it('reports that it could not start, and can be started again', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    await resolveOne(host);
    await host.database.query('ALTER TABLE cairnloop.worker_heartbeats RENAME TO away');
    await assert.rejects(host.cairnloop.worker.start(), /worker_heartbeats/);
    assert.equal(host.cairnloop.worker.state, 'stopped');
    await host.database.query('ALTER TABLE cairnloop.away RENAME TO worker_heartbeats');
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1));
  });

  it('has a heartbeat with its state, which is removed when it stops', async () => {
    const { notifier, calls, finish } = held();
    const host = await startHost({ notifier });
    const beats = async () => (await host.database.query('SELECT pid, state FROM cairnloop.worker_heartbeats')).rows;
    assert.deepEqual(await beats(), [{ pid: process.pid, state: 'running' }]);
    await resolveOne(host);
    await eventually(() => assert.equal(calls.length, 1));
    const stopped = host.cairnloop.worker.stop();
    await eventually(async () => assert.deepEqual(await beats(), [{ pid: process.pid, state: 'draining' }]));
    finish();
    await stopped;
    assert.deepEqual(await beats(), []);
  });

  it('writes its heartbeat and deletes those of long dead workers, even if one of these rows is locked', async () => {
    const host = await startHost({}, { worker: false });
    const { rows } = await host.database.query(
      `INSERT INTO cairnloop.worker_heartbeats (worker_id, host, pid, version, state, concurrency, modules, started_at, beat_at)
       SELECT gen_random_uuid(), 'gone', n, '0.0.0', 'running', 1, '{}', now() - interval '2 days', now() - interval '2 days'
       FROM generate_series(1, 2) n RETURNING worker_id`,
    );
    const holder = new pg.Client(host.database.url);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM cairnloop.worker_heartbeats WHERE worker_id = $1 FOR UPDATE', [rows[0].worker_id]);
    await host.cairnloop.worker.start();
    const pids = async () =>
      (await host.database.query('SELECT pid FROM cairnloop.worker_heartbeats ORDER BY pid')).rows.map(
        ({ pid }) => pid,
      );
    assert.deepEqual(await pids(), [1, process.pid]);
    await holder.query('COMMIT');
    await holder.end();
  });
});
