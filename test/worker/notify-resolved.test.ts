import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';

describe('onConversationResolved', () => {
  const { startHost } = useHosts();

  it('NT5 gets the full conversation, who resolved it, and the caller’s metadata', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier });
    const opened = await cairnloop.conversations.open({
      actorId: '00042',
      hostUserId: 'u-1',
      subject: 'Parcel',
      priority: 'high',
      tags: ['vip'],
      metadata: { order: 7 },
      message: 'Where is it?',
    });
    await cairnloop.conversations.reply(opened.id, { content: 'On its way.', actor: operator });
    const resolved = await cairnloop.conversations.resolve(opened.id, {
      resolvedBy: operator,
      metadata: { deal: { id: 7 }, deliveryId: 'not mine', actor: 'nor this' },
    });
    await eventually(() => assert.equal(calls.length, 1));

    const [{ conversation, metadata } = assert.fail()] = calls;
    const { messages, ...rest } = conversation;
    assert.deepEqual(rest, resolved);
    assert.ok(conversation.resolvedAt instanceof Date);
    assert.deepEqual(
      messages?.map(({ role, content }) => [role, content]),
      [
        ['customer', 'Where is it?'],
        ['operator', 'On its way.'],
        ['system', 'Conversation resolved'],
      ],
    );
    const [delivery] = (await cairnloop.deliveries.list()).items;
    assert.deepEqual(metadata, { deal: { id: 7 }, actor: operator, deliveryId: delivery?.id, attempt: 1 });
  });

  it('NT5 is called once per resolve; resolving a resolved conversation changes and owes nothing', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop, deliveries } = await startHost({ notifier });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    const first = await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const again = await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'somebody else' } });
    assert.deepEqual([again.resolvedAt, again.resolvedBy], [first.resolvedAt, operator]);
    await eventually(() => assert.equal(calls.length, 1));
    assert.equal((await deliveries('conversation_resolved')).length, 1);
    assert.equal((await cairnloop.audit.list({ action: 'conversation.resolved' })).items.length, 1);

    await cairnloop.conversations.receive(id, { content: 'Not quite.' });
    await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-8' } });
    await eventually(() => assert.equal(calls.length, 2));
    assert.notEqual(calls[0]?.metadata.deliveryId, calls[1]?.metadata.deliveryId);
    assert.equal(calls[1]?.metadata.actor?.id, 'op-8');
  });

  it('NT5 gets the conversation as it was when resolved, also if it changed before the call', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier }, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    const { resolvedAt } = await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await cairnloop.conversations.receive(id, { content: 'One more thing' });
    await cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1));
    const [{ conversation } = assert.fail()] = calls;
    assert.deepEqual(
      [conversation.status, conversation.resolvedAt, conversation.resolvedBy],
      ['resolved', resolvedAt, operator],
    );
    assert.ok(conversation.messages?.every((message) => message.content !== 'One more thing'));
  });

  it('may call resolve for its own or another conversation without a loop', async () => {
    const { notifier, calls } = recordingNotifier(async ({ conversation }) => {
      await cairnloop.conversations.resolve(conversation.id, { resolvedBy: operator });
      await cairnloop.conversations.resolve(other.id, { resolvedBy: operator });
    });
    const { cairnloop, deliveries } = await startHost({ notifier });
    const other = await cairnloop.conversations.open({ subject: 'other' });
    const { id } = await cairnloop.conversations.open({ subject: 'first' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(async () =>
      assert.deepEqual(
        (await deliveries('conversation_resolved')).map(({ state }) => state),
        ['done', 'done'],
      ),
    );
    assert.deepEqual(
      calls.map(({ conversation }) => conversation.id),
      [id, other.id],
    );
  });
});
