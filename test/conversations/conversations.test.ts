import assert from 'node:assert/strict';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { recordingNotifier } from '../support/recording-notifier.js';
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

  it('that is open is not changed by reopen: no message, no audit event, no new version, no notification', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    const stored = async () => ({
      conversation: await cairnloop.conversations.get(id),
      audit: (await cairnloop.audit.list({ conversationId: id })).items,
      lines: (await database.query('SELECT id FROM cairnloop.messages ORDER BY id')).rows,
    });
    const before = await stored();
    const reopened = await cairnloop.conversations.reopen(id, { actor: operator });
    assert.deepEqual([reopened.id, reopened.status, reopened.updatedAt], [id, 'open', before.conversation.updatedAt]);
    assert.deepEqual(await stored(), before);
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await Promise.all(Array.from({ length: 5 }, () => cairnloop.conversations.reopen(id, { actor: operator })));
    const lines = (await cairnloop.conversations.get(id)).messages?.filter(({ content }) =>
      content.includes('reopened'),
    );
    assert.equal(lines?.length, 1);
  });

  it('keeps the actor id exactly, and refuses one that Postgres would change', async () => {
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

  it('takes names up to the limit of its indexes, in any script', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier }, { worker: false });
    const { conversations, outbound } = cairnloop;
    for (const letter of ['x', 'é', '語', '🦊']) {
      const longest = letter.repeat(1000 / Buffer.byteLength(letter));
      const { id } = await conversations.open({ actorId: longest, hostUserId: longest });
      assert.equal((await conversations.get(id)).actorId, longest);
      for (const key of ['actorId', 'hostUserId'])
        await assert.rejects(conversations.open({ [key]: longest + letter }), {
          code: 'INPUT_INVALID',
          message: new RegExp(`${key}: expected a text of at most 1000 bytes`),
        });
    }
    const widest = Array.from({ length: 500 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join('');
    const { id } = await conversations.open({
      priority: widest,
      tags: Array(50).fill(widest),
      subject: widest + widest,
    });
    await outbound.trigger(id, { templateId: widest, content: 'x', dedupeKey: widest });
    assert.equal(await conversations.count({ priority: widest }), 1);
  });

  const ways = {
    receive: async (cairnloop: Cairnloop, content: string, metadata: Record<string, unknown>) => {
      const { id } = await cairnloop.conversations.open({});
      await cairnloop.conversations.receive(id, { content, metadata });
      return id;
    },
    open: async (cairnloop: Cairnloop, message: string) => (await cairnloop.conversations.open({ message })).id,
  };
  for (const [way, write] of Object.entries(ways)) {
    it(`takes any text from a customer through ${way}: NUL, lone surrogates, five megabytes`, async () => {
      const { cairnloop } = await startHost({}, { worker: false });
      const received = async (content: string) => {
        const id = await write(cairnloop, content, { raw: content.slice(0, 100), 'k\0\udc00': [1n, undefined] });
        const [message] = (await cairnloop.conversations.get(id)).messages ?? [];
        return message ?? assert.fail();
      };
      for (const [given, stored] of [
        ['a\0b\ud800c\udfffd', 'ab\ufffdc\ufffdd'],
        ['\0 x\n', ' x\n'],
        ['\u202egnp.exe 👩‍👩‍👧', '\u202egnp.exe 👩‍👩‍👧'],
      ] as const)
        assert.equal((await received(given)).content, stored);

      const huge = await received(`${'x'.repeat(999_999)}🦊${'y'.repeat(4_000_000)}`);
      assert.ok(huge.content.length <= 1_000_000 && huge.content.isWellFormed());
      const metadata = way === 'receive' ? { raw: 'x'.repeat(100), 'k\ufffd': ['1', null] } : {};
      assert.deepEqual(huge.metadata, { ...metadata, truncatedFrom: 5_000_001 });
    });

    it(`refuses a customer's text through ${way} that is blank`, async () => {
      const { cairnloop, database } = await startHost({}, { worker: false });
      for (const content of ['', '\0', '   ', ' \n\0\t'])
        await assert.rejects(write(cairnloop, content, {}), { code: 'INPUT_INVALID' }, JSON.stringify(content));
      assert.equal((await database.query('SELECT FROM cairnloop.messages')).rowCount, 0);
    });
  }

  it('is rated by its customer', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada' });
    assert.equal((await cairnloop.conversations.submitCsat(id, 'positive')).csatRating, 'positive');
    await assert.rejects(cairnloop.conversations.submitCsat(id, 'great' as never), { code: 'INPUT_INVALID' });
    assert.equal((await cairnloop.conversations.get(id)).csatRating, 'positive');
  });
});
