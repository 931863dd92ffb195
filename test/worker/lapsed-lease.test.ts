import assert from 'node:assert/strict';
import { causes, minute } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { useHosts } from '../support/started-host.js';

describe('a lease that runs out under its own worker', () => {
  const { startHost } = useHosts();

  it('causes no second call: the running one continues, and its outcome counts', async () => {
    let finish = () => {};
    const { notifier, calls } = recordingNotifier(() => new Promise<void>((resolve) => (finish = resolve)));
    const host = await startHost({ notifier });
    await causes.onConversationResolved.cause(host, 'slow');
    await eventually(() => assert.equal(calls.length, 1));
    await eventually(async () => {
      await host.advance(minute);
      const { rows } = await host.database.query('SELECT claims FROM cairnloop.deliveries');
      assert.deepEqual(rows, [{ claims: 2 }]);
    });
    finish();
    await eventually(async () => {
      const [delivery] = await host.deliveries('conversation_resolved');
      assert.deepEqual([delivery?.state, delivery?.attempts], ['done', 1]);
    });
    assert.equal(calls.length, 1);
  });

  it('loses no outcome that was being written while the worker claimed the delivery again', async () => {
    const { notifier, calls } = recordingNotifier(({ metadata }) => {
      if (metadata.attempt < 3) throw new Error('busy');
    });
    const host = await startHost({ notifier, worker: { maxAttempts: 3 } });
    await causes.onConversationResolved.cause(host, 'any');
    // By the day, so that every lease is over at once and claims race with outcomes all the time.
    await eventually(async () => {
      await host.advance(24 * 60 * minute);
      const [delivery] = await host.deliveries('conversation_resolved');
      assert.deepEqual([delivery?.state, delivery?.attempts], ['done', 3]);
    });
    assert.deepEqual(
      calls.map(({ metadata }) => metadata.attempt),
      [1, 2, 3],
    );
  });
});
