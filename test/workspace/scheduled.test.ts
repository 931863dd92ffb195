import { strict as assert } from 'node:assert';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

const threeDays = 3 * 86_400;

describe('a message that is scheduled for later', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function schedule() {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const { conversations, outbound, deliveries } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    await outbound.trigger(id, {
      templateId: 't',
      content: 'Still well?',
      actor: operator,
      scheduleInSeconds: threeDays,
    });
    const [delivery] = await host.deliveries('outbound');
    const deliveryId = delivery?.id ?? '';
    const isReleased = async () => {
      const { availableAt, createdAt } = await deliveries.get(deliveryId);
      return availableAt.getTime() - createdAt.getTime() < 86_400_000;
    };
    return { host, id, deliveryId, isReleased, workspace: await serve(host) };
  }

  it('is not sent by a retry, which says when it will be sent, but by a retry with release', async () => {
    const { host, deliveryId, isReleased } = await schedule();
    const { deliveries } = host.cairnloop;
    const refused = { code: 'DELIVERY_SCHEDULED', message: /is scheduled for \d{4}-.*; nothing was sent/ };
    await assert.rejects(deliveries.retry(deliveryId, { actor: operator }), refused);
    await assert.rejects(deliveries.retry(deliveryId, { actor: operator, releaseScheduled: false }), refused);
    assert.equal(await isReleased(), false);
    await deliveries.retry(deliveryId, { actor: operator, releaseScheduled: true });
    assert.equal(await isReleased(), true);
  });

  it('is retried without a question once its time has come, and after a failed call', async () => {
    const { host, deliveryId } = await schedule();
    await host.database.query('UPDATE cairnloop.deliveries SET attempts = 1 WHERE id = $1', [deliveryId]);
    await host.cairnloop.deliveries.retry(deliveryId, { actor: operator });
    const other = await schedule();
    await other.host.advance(threeDays * 1000 + 1000);
    await other.host.cairnloop.deliveries.retry(other.deliveryId, { actor: operator });
  });

  it('keeps its time if it was discarded and is retried, alone or in a range', async () => {
    const { host, deliveryId, isReleased } = await schedule();
    const { deliveries } = host.cairnloop;
    await deliveries.discard(deliveryId, { actor: operator });
    await deliveries.retryRange({}, { actor: operator });
    assert.equal((await deliveries.get(deliveryId)).state, 'discarded');
    await host.database.query('UPDATE cairnloop.deliveries SET by_hand = false WHERE id = $1', [deliveryId]);
    await deliveries.retryRange({ topic: 'outbound' }, { actor: operator });
    assert.deepEqual([(await deliveries.get(deliveryId)).state, await isReleased()], ['pending', false]);
  });

  it('is left as it is by a form without the confirmation', async () => {
    const { workspace, deliveryId, isReleased } = await schedule();
    const refused = await workspace.post(`/deliveries/${deliveryId}/retry`, {});
    assert.equal(refused.status, 409);
    assert.match(refused.text, /This message is scheduled for later\./);
    assert.equal(await isReleased(), false);
  });

  for (const place of ['the deliveries', 'the thread'] as const) {
    it(`is sent from ${place} after a question that names its time, by a button that does not say "retry"`, async () => {
      const { workspace, id, isReleased } = await schedule();
      const page = await open(workspace, place === 'the thread' ? `/c/${id}` : '/deliveries');
      assert.equal(await page.getByRole('button', { name: 'Try now' }).count(), 0);
      const send = page.getByRole('button', { name: 'Send before the scheduled time' });
      assert.ok(await send.isHidden());
      await page.getByText('Send now…').click();
      const question = (await page.locator('.send-now').textContent()) ?? '';
      assert.match(question, /The message is scheduled for .*\d.* Send it to the customer now\?/);
      assert.equal(await isReleased(), false);
      await send.click();
      await page.locator('#notice').getByText('The message is sent before its scheduled time').waitFor();
      assert.equal(await isReleased(), true);
    });
  }
});
