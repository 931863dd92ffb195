import assert from 'node:assert/strict';
import { recordingGenerator } from '../support/drafting.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

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

  it('NT6 breaches the clock and leaves the call to a worker that has the Notifier', async () => {
    const { notifier, calls } = recordingNotifier();
    const slaPolicyProvider = policies(terms);
    const newer = await startHost({ notifier, slaPolicyProvider }, { worker: false });
    const older = await startHost({ slaPolicyProvider }, { database: newer.database });
    const { id } = await newer.cairnloop.conversations.open({ priority: terms.priority, message: 'Hello?' });
    await newer.cairnloop.sla.pause(id, { reason: 'wait', actor: operator });
    await newer.cairnloop.sla.resume(id, { actor: operator });
    await newer.advance(terms.breachMinutes * minute);
    await eventually(async () => {
      const [delivery] = await newer.deliveries('sla_breach');
      assert.match(delivery?.lastError ?? '', /no notifier is configured in this worker/);
    });
    assert.equal((await newer.cairnloop.sla.forConversation(id))?.status, 'breached');
    await older.cairnloop.worker.stop();
    await newer.cairnloop.worker.start();
    await newer.advance(minute);
    await eventually(() => assert.deepEqual([calls.length, calls[0]?.method], [1, 'onSlaBreach']));
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
