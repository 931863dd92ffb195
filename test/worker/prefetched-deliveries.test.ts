import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { causes } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { type StartedHost, useHosts } from '../support/started-host.js';

const concurrency = 10;

describe('prefetched deliveries', () => {
  const { startHost } = useHosts();

  const owe = async (host: StartedHost, count: number) => {
    for (let index = 0; index < count; index++) await causes.onConversationResolved.cause(host, `c${index}`);
  };

  const leased = async (host: StartedHost) =>
    (await host.database.query('SELECT id, attempts FROM cairnloop.deliveries WHERE lease_until IS NOT NULL')).rows;

  it('are released when the calls before them hang, without counting an attempt', async () => {
    const [owed, quick] = [80, 40];
    let finish = () => {};
    const hanging = new Promise<void>((resolve) => (finish = resolve));
    const { notifier, calls } = recordingNotifier(() => (calls.length <= quick ? undefined : hanging));
    const host = await startHost({ notifier, worker: { concurrency, leaseMs: 600 } }, { worker: false });
    await owe(host, owed);
    await host.cairnloop.worker.start();
    await eventually(async () => {
      assert.equal(calls.length, quick + concurrency);
      assert.equal((await leased(host)).length, concurrency);
    });
    for (let look = 0; look < 10; look++) {
      await sleep(50);
      assert.equal((await leased(host)).length, concurrency, 'nor claimed again');
    }
    const untouched = await host.database.query(
      `SELECT count(*)::int FROM cairnloop.deliveries WHERE state = 'pending' AND lease_until IS NULL AND attempts = 0`,
    );
    assert.equal(untouched.rows[0].count, owed - quick - concurrency);
    finish();
    await eventually(() => assert.equal(calls.length, owed));
    assert.ok(calls.every(({ metadata }) => metadata.attempt === 1));
  });

  it('are never called beyond `worker.concurrency`, nor after a stop', async () => {
    let [running, most] = [0, 0];
    const { notifier, calls } = recordingNotifier(async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      running -= 1;
    });
    const host = await startHost({ notifier, worker: { concurrency } }, { worker: false });
    await owe(host, 60);
    await host.cairnloop.worker.start();
    await eventually(() => assert.ok(calls.length >= 20));
    await host.cairnloop.worker.stop();
    const called = calls.length;
    assert.equal(most, concurrency);
    assert.deepEqual(await leased(host), [], 'what was not called is given back');
    const { rows } = await host.database.query(
      `SELECT count(*)::int FROM cairnloop.deliveries WHERE state = 'pending' AND attempts = 0`,
    );
    assert.equal(rows[0].count, 60 - called);
  });
});
