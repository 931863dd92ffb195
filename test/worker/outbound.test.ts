import assert from 'node:assert/strict';
import type { Message } from '../../src/contracts/domain.js';
import { err } from '../../src/contracts/result.js';
import { minute } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

describe('onOutboundTriggered', () => {
  const { startHost } = useHosts();

  const trigger = async ({ cairnloop }: StartedHost) => {
    const { id } = await cairnloop.conversations.open({ actorId: 'ada@example.org' });
    return (await cairnloop.outbound.trigger(id, { templateId: 'survey', content: ' Hi\n<b>', actor: operator }))
      .message;
  };

  const stored = async ({ cairnloop }: StartedHost, message: Message) =>
    (await cairnloop.conversations.get(message.conversationId)).messages?.find(({ id }) => id === message.id);

  it('NT9 a success marks the message as sent, with the time', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const message = await trigger(host);
    assert.deepEqual([message.status, message.sentAt], ['pending', null]);
    const sent = await eventually(async () => {
      const found = await stored(host, message);
      assert.equal(found?.status, 'sent');
      return found;
    });
    assert.ok(sent.sentAt && sent.sentAt >= message.createdAt);
    const [delivery] = await host.deliveries('outbound');
    assert.deepEqual(calls[0]?.message, {
      ...message,
      metadata: { templateId: 'survey', deliveryId: delivery?.id, attempt: 1 },
    });
    assert.equal(calls[0]?.conversation.actorId, 'ada@example.org');
  });

  it('NT9 a failure leaves it pending with the attempt shown, the last one marks it as failed with the reason', async () => {
    const { notifier } = recordingNotifier(() => err('mailbox full'));
    const host = await startHost({ notifier, worker: { maxAttempts: 2 } });
    await host.stopClock();
    const message = await trigger(host);
    await eventually(async () => {
      const [delivery] = await host.deliveries('outbound');
      assert.deepEqual([delivery?.state, delivery?.attempts, delivery?.lastError], ['pending', 1, 'mailbox full']);
    });
    assert.equal((await stored(host, message))?.status, 'pending');

    await host.advance(minute);
    const failed = await eventually(async () => {
      const found = await stored(host, message);
      assert.equal(found?.status, 'failed');
      return found;
    });
    assert.deepEqual(failed.metadata.failure, { reason: 'mailbox full', attempts: 2 });
    assert.equal(failed.sentAt, null);
  });

  it('NT9 a failed message that is retried becomes sent like any other', async () => {
    let full = true;
    const { notifier } = recordingNotifier(() => (full ? err('mailbox full') : undefined));
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    const message = await trigger(host);
    await eventually(async () => assert.equal((await stored(host, message))?.status, 'failed'));
    full = false;
    const [delivery] = await host.deliveries('outbound');
    await host.cairnloop.deliveries.retry(delivery?.id ?? '', { actor: operator });
    await eventually(async () => assert.equal((await stored(host, message))?.status, 'sent'));
    assert.deepEqual((await stored(host, message))?.metadata, { templateId: 'survey' });
  });

  it('NT9 is never called for a message that is sent already', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const message = await trigger(host);
    await eventually(async () => assert.equal((await stored(host, message))?.status, 'sent'));
    const [delivery] = await host.deliveries('outbound');
    await assert.rejects(host.cairnloop.deliveries.retry(delivery?.id ?? '', { actor: operator }), {
      code: 'DELIVERY_NOT_RETRYABLE',
    });

    await host.database.query(`UPDATE cairnloop.deliveries SET state = 'pending'`);
    await eventually(async () => assert.deepEqual((await host.deliveries('outbound'))[0]?.state, 'done'));
    assert.equal(calls.length, 1);
  });
});
