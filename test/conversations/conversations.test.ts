import assert from 'node:assert/strict';
import { operator, useHosts } from '../support/started-host.js';

describe('a conversation', () => {
  const { startHost } = useHosts();

  it('once resolved takes no reply, and a customer message reopens it', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await assert.rejects(cairnloop.conversations.reply(id, { content: 'Hi', actor: operator }), {
      code: 'CONVERSATION_RESOLVED',
    });
    await cairnloop.conversations.note(id, { content: 'Called her.', actor: operator });
    assert.equal((await cairnloop.conversations.get(id)).status, 'resolved');

    await cairnloop.conversations.receive(id, { content: 'Still broken.' });
    const reopened = await cairnloop.conversations.get(id);
    assert.deepEqual([reopened.status, reopened.resolvedAt, reopened.resolvedBy], ['open', null, null]);
    const reply = await cairnloop.conversations.reply(id, { content: 'Sorry!', actor: operator });
    assert.deepEqual([reply.role, reply.author, reply.status], ['operator', operator, null]);
  });

  it('keeps the actor id as it was given, and refuses one that Postgres would change', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    for (const actorId of ['00042', ' ada@example.org ', '7b1d3f0e-uuid', 'Åsa 🦊', "'; DROP TABLE x; --"]) {
      const { id } = await cairnloop.conversations.open({ actorId });
      assert.equal((await cairnloop.conversations.get(id)).actorId, actorId);
    }
    for (const actorId of ['a\0b', 'a\ud800']) {
      await assert.rejects(cairnloop.conversations.open({ actorId }), { code: 'INPUT_INVALID' });
      await assert.rejects(cairnloop.conversations.open({ hostUserId: actorId }), { code: 'INPUT_INVALID' });
    }
  });

  it('takes any text from a customer: NUL, lone surrogates, five megabytes, nothing that can be shown', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({});
    const received = async (content: string) => {
      const { id: messageId } = await cairnloop.conversations.receive(id, {
        content,
        metadata: { raw: content.slice(0, 100), 'k\0\udc00': [1n, undefined] },
      });
      const { messages } = await cairnloop.conversations.get(id);
      return messages?.find((message) => message.id === messageId) ?? assert.fail();
    };
    assert.equal((await received('a\0b\ud800c\udfffd')).content, 'ab\ufffdc\ufffdd');
    assert.equal((await received('\0')).content, '');
    assert.equal((await received('\u202egnp.exe 👩‍👩‍👧')).content, '\u202egnp.exe 👩‍👩‍👧');

    const huge = await received(`${'x'.repeat(999_999)}🦊${'y'.repeat(4_000_000)}`);
    assert.ok(huge.content.length <= 1_000_000 && huge.content.isWellFormed());
    assert.deepEqual(huge.metadata, {
      raw: 'x'.repeat(100),
      'k\ufffd': ['1', null],
      truncatedFrom: 5_000_001,
    });
  });

  it('is rated by its customer', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada' });
    assert.equal((await cairnloop.conversations.submitCsat(id, 'positive')).csatRating, 'positive');
    await assert.rejects(cairnloop.conversations.submitCsat(id, 'great' as never), { code: 'INPUT_INVALID' });
    assert.equal((await cairnloop.conversations.get(id)).csatRating, 'positive');
  });
});
