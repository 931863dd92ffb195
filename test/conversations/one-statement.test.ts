import assert from 'node:assert/strict';
import { createTestDatabase } from '../support/database.js';
import { terms } from '../support/error-causes.js';
import { losingProxy } from '../support/losing-proxy.js';
import { operator as actor, migrated, policies, useHosts } from '../support/started-host.js';

describe('a message in one statement', () => {
  const { startHost } = useHosts();
  const pause = { reason: 'Waiting for the carrier', actor };

  it('open, receive and reply begin no transaction of their own', async () => {
    const database = await createTestDatabase(migrated);
    const proxy = await losingProxy(database.url);
    const { cairnloop } = await startHost(
      { slaPolicyProvider: policies(terms) },
      { worker: false, database: { ...database, url: proxy.url } },
    );
    const { conversations } = cairnloop;
    // A call that sends BEGIN fails.
    proxy.loseAnswerTo('BEGIN');
    const { id } = await conversations.open({ message: 'Hello?' });
    await conversations.reply(id, { content: 'Hello!', actor });
    await conversations.receive(id, { content: 'Any news?' });
    await assert.rejects(conversations.receive(id, { content: 'Any news?', dedupeKey: 'k' }));
    await proxy.close();
  });

  it('open writes the conversation, its message and its clock at one time, with a line for each', async () => {
    const { cairnloop } = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const opened = await cairnloop.conversations.open({ actorId: 'ada', priority: terms.priority, message: 'Hello?' });
    const { messages = [], ...conversation } = await cairnloop.conversations.get(opened.id);
    assert.deepEqual(opened, conversation);
    assert.deepEqual(
      messages.map(({ role, content, author, metadata }) => ({ role, content, author, metadata })),
      [{ role: 'customer', content: 'Hello?', author: { id: 'ada' }, metadata: {} }],
    );
    const sla = await cairnloop.sla.forConversation(opened.id);
    const times = [opened.createdAt, opened.updatedAt, opened.lastMessageAt, messages[0]?.createdAt, sla?.startedAt];
    assert.equal(new Set(times.map(Number)).size, 1);
    const { items } = await cairnloop.audit.list({ conversationId: opened.id });
    assert.deepEqual(items.map(({ action, actor }) => [action, actor.id]).reverse(), [
      ['conversation.opened', 'ada'],
      ['message.received', 'ada'],
      ['sla.started', 'system:sla'],
    ]);
  });

  for (const dedupeKey of [undefined, 'mail-1'])
    it(`a message resumes a paused clock, ${dedupeKey ? 'with a key' : 'without a key'}, and is written once`, async () => {
      const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
      const { conversations, sla, audit } = host.cairnloop;
      const { id } = await conversations.open({ message: 'Hello?' });
      await sla.pause(id, pause);
      assert.deepEqual(await host.deliveries('sla_breach'), []);
      const { content } = await conversations.receive(id, { content: 'Any news?', dedupeKey });
      assert.equal(content, 'Any news?');
      const [clock] = await sla.explain(id);
      assert.deepEqual(
        clock?.events.map(({ type }) => type),
        ['started', 'paused', 'resumed'],
      );
      assert.equal((await host.deliveries('sla_breach')).length, 1);
      const { items } = await audit.list({ conversationId: id });
      assert.deepEqual(
        items
          .map(({ action }) => action)
          .reverse()
          .slice(3),
        ['sla.paused', 'message.received', 'sla.resumed'],
      );
      assert.equal((await conversations.get(id)).messages?.length, 2);
    });

  it('a message to a conversation that is unknown, or was deleted, writes nothing', async () => {
    const { cairnloop, database } = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const { id } = await cairnloop.conversations.open({});
    await database.query('DELETE FROM cairnloop.conversations');
    for (const dedupeKey of [undefined, 'k'])
      await assert.rejects(cairnloop.conversations.receive(id, { content: 'Hello?', dedupeKey }), {
        code: 'CONVERSATION_NOT_FOUND',
      });
    assert.deepEqual((await database.query('SELECT count(*)::int FROM cairnloop.messages')).rows, [{ count: 0 }]);
  });
});
