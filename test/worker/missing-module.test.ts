import assert from 'node:assert/strict';
import { minute } from '../support/causes.js';
import { recordingGenerator } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';

/** During a deployment an older worker may be without the module that a newer process owes a call to. */
describe('a worker without the module that a call is owed to', () => {
  const { startHost } = useHosts();

  it('NT6 leaves the call to a worker that has the Notifier', async () => {
    const { notifier, calls } = recordingNotifier();
    const newer = await startHost({ notifier }, { worker: false });
    const older = await startHost({}, { database: newer.database });
    const { id } = await newer.cairnloop.conversations.open({});
    await newer.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(async () => {
      const [delivery] = await newer.deliveries('conversation_resolved');
      assert.match(delivery?.lastError ?? '', /no notifier is configured in this worker/);
      assert.equal(delivery?.state, 'pending');
    });
    await older.cairnloop.worker.stop();
    await newer.cairnloop.worker.start();
    await newer.advance(minute);
    await eventually(() => assert.equal(calls.length, 1));
  });

  it('AP10 leaves the request for a draft to a worker that has the DraftGenerator', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const newer = await startHost({ draftGenerator }, { worker: false });
    const older = await startHost({}, { database: newer.database });
    await newer.cairnloop.conversations.open({ message: 'Where is it?' });
    await newer.advance(minute);
    await eventually(async () => {
      const [delivery] = await newer.deliveries('draft');
      assert.match(delivery?.lastError ?? '', /no draftGenerator is configured in this worker/);
    });
    await older.cairnloop.worker.stop();
    await newer.cairnloop.worker.start();
    await newer.advance(minute);
    await eventually(() => assert.equal(calls.length, 1));
  });
});
