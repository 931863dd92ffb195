import assert from 'node:assert/strict';
import { causes, minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

describe('onSlaBreach', () => {
  const { startHost } = useHosts();
  const slaPolicyProvider = policies(terms);
  const afterBreach = (terms.breachMinutes + 1) * minute;

  it('NT7 gets the stored conversation and SLA, breached and completed, also in a retry', async () => {
    const { notifier, calls } = recordingNotifier(({ metadata }) => {
      if (metadata.attempt === 1) throw new Error('the pager is down');
    });
    const host = await startHost({ notifier, slaPolicyProvider });
    await host.stopClock();
    const { id } = await causes.onSlaBreach.cause(host, 'late');
    await eventually(async () => assert.ok((await host.deliveries('sla_breach'))[0]?.lastError, 'not failed yet'));
    assert.equal(calls.length, 1);
    const breached = await host.cairnloop.sla.forConversation(id);
    assert.equal(breached?.status, 'breached');
    assert.ok(breached.completedAt && breached.completedAt >= breached.breachAt, 'not breached');

    await host.advance(minute);
    await eventually(() => assert.equal(calls.length, 2));
    const [delivery] = await host.deliveries('sla_breach');
    for (const [index, call] of calls.entries()) {
      assert.deepEqual(call.sla, breached);
      assert.deepEqual([call.conversation.id, call.conversation.subject], [id, 'late']);
      assert.deepEqual(call.metadata, { deliveryId: delivery?.id, attempt: index + 1 });
    }
    assert.equal((await host.cairnloop.audit.list({ action: 'sla.breached' })).items.length, 1);
  });

  it('NT7 two racing workers settle each of fifty breaches once', async () => {
    const { notifier, calls } = recordingNotifier();
    const one = await startHost({ notifier, slaPolicyProvider }, { worker: false });
    const two = await startHost({ notifier, slaPolicyProvider }, { worker: false, database: one.database });
    const opened = await Promise.all(
      Array.from({ length: 50 }, () => one.cairnloop.conversations.open({ message: 'Hello?' })),
    );
    await one.advance(afterBreach);
    await Promise.all([one.cairnloop.worker.start(), two.cairnloop.worker.start()]);
    await eventually(async () =>
      assert.equal((await one.cairnloop.deliveries.list({ state: 'pending' })).items.length, 0),
    );
    assert.deepEqual(calls.map(({ conversation }) => conversation.id).sort(), opened.map(({ id }) => id).sort());
    const { rows } = await one.database.query(
      `SELECT count(*)::int AS audited FROM cairnloop.audit_events WHERE action = 'sla.breached'`,
    );
    assert.deepEqual(rows, [{ audited: 50 }]);
  });

  it('NT8 is not called if the conversation was answered, resolved, paused or deleted before the deadline', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop, database, deliveries, advance } = await startHost({ notifier, slaPolicyProvider });
    const open = async () => (await cairnloop.conversations.open({ message: 'Hello?' })).id;
    await cairnloop.conversations.reply(await open(), { content: 'Hello!', actor: operator });
    await cairnloop.conversations.resolve(await open(), { resolvedBy: operator });
    await cairnloop.sla.pause(await open(), { reason: 'the customer is away', actor: operator });
    await database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [await open()]);
    const unanswered = await open();

    await advance(afterBreach);
    await eventually(async () =>
      assert.ok(
        (await deliveries('sla_breach')).every((delivery) => delivery.state === 'done'),
        'not all done',
      ),
    );
    assert.deepEqual(
      calls.filter(({ method }) => method === 'onSlaBreach').map(({ conversation }) => conversation.id),
      [unanswered],
    );
  });
});
