import assert from 'node:assert/strict';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { holding, inLine, waiting } from '../support/wait-for-lock.js';

describe('concurrent changes of one conversation', () => {
  const { startHost } = useHosts();
  const start = () => startHost({ slaPolicyProvider: policies(terms) }, { worker: false });

  it('SL2 an answer that waited for the customer’s message ends the clock that the message started', async () => {
    const host = await start();
    const { conversations, sla } = host.cairnloop;
    const { id } = await conversations.open({});
    await inLine(
      host,
      id,
      () => conversations.receive(id, { content: 'Hello?' }),
      () => conversations.reply(id, { content: 'Hello!', actor: operator }),
    );
    assert.equal((await sla.forConversation(id))?.status, 'fulfilled');
    assert.deepEqual(await host.deliveries('sla_breach'), []);
  });

  it('a clock that was paused just before the customer’s message is resumed by it', async () => {
    const host = await start();
    const { conversations, sla } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    await inLine(
      host,
      id,
      () => sla.pause(id, { reason: 'Waiting for the carrier', actor: operator }),
      () => conversations.receive(id, { content: 'Any news?' }),
    );
    const [clock] = await sla.explain(id);
    assert.deepEqual(
      clock?.events.map(({ type }) => type),
      ['started', 'paused', 'resumed'],
    );
    assert.equal((await host.deliveries('sla_breach')).length, 1);
  });

  it('messages are in the order in which they got the lock, not in the order of the calls', async () => {
    const host = await start();
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const draft = await drafts.propose(id, { type: 'reply', content: 'Hello!' });
    await inLine(
      host,
      id,
      // It takes the lock first and sends afterwards, so its answer is asked for later than the message behind it.
      () => drafts.approve(draft.id, { actor: operator }),
      () => conversations.receive(id, { content: 'Any news?' }),
    );
    const { messages } = await conversations.get(id);
    assert.deepEqual(
      messages?.map(({ content }) => content),
      ['Hello?', 'Hello!', 'Any news?'],
    );
  });

  it('NT8 a resolution that waited for the customer’s message ends the clock that the message started', async () => {
    const host = await start();
    const { conversations, sla } = host.cairnloop;
    const { id } = await conversations.open({});
    await inLine(
      host,
      id,
      () => conversations.receive(id, { content: 'Hello?' }),
      () => conversations.resolve(id, { resolvedBy: operator }),
    );
    assert.equal((await sla.forConversation(id))?.status, 'fulfilled');
    assert.deepEqual(await host.deliveries('sla_breach'), []);
  });

  it('SL2 a message that waited for the answer starts a clock of its own', async () => {
    const host = await start();
    const { conversations, sla } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const first = await sla.forConversation(id);
    await inLine(
      host,
      id,
      () => conversations.reply(id, { content: 'Hello!', actor: operator }),
      () => conversations.receive(id, { content: 'And now?' }),
    );
    const second = await sla.forConversation(id);
    assert.equal(second?.status, 'active');
    assert.notEqual(second.id, first?.id);
    assert.equal((await host.deliveries('sla_breach')).length, 1);
  });

  it('SL2 an answer that waits for the breach of a clock finds it breached', async () => {
    const host = await start();
    const { conversations, sla, worker } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    await host.advance(terms.breachMinutes * minute);
    const due = (await host.deliveries('sla_breach'))[0]?.availableAt;
    let answered: Promise<unknown> | undefined;
    await holding(host, id, async () => {
      answered = conversations.reply(id, { content: 'Too late', actor: operator });
      await eventually(async () => assert.equal(await waiting(host.database), 1));
      await worker.start();
      await eventually(async () => {
        const [countdown] = await host.deliveries('sla_breach');
        assert.ok(due && countdown && countdown.availableAt > due && countdown.leaseUntil === null, 'not put off yet');
      });
    });
    await answered;
    assert.equal((await sla.forConversation(id))?.status, 'breached');
    await eventually(async () =>
      assert.deepEqual(
        (await host.deliveries('sla_breach')).map(({ state, attempts }) => [state, attempts]),
        [['done', 1]],
      ),
    );
  });

  it('SL2 fifty messages at once start one clock', async () => {
    const host = await start();
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({});
    await Promise.all(Array.from({ length: 50 }, (_, n) => conversations.receive(id, { content: `Message ${n}` })));
    assert.equal((await conversations.get(id)).messages?.length, 50);
    const { rows } = await host.database.query('SELECT status FROM cairnloop.slas');
    assert.deepEqual(rows, [{ status: 'active' }]);
    assert.equal((await host.deliveries('sla_breach')).length, 1);
  });

  it('LP5 of concurrent updates none is lost, and each records the values before it', async () => {
    const host = await start();
    const { conversations, audit } = host.cairnloop;
    const { id } = await conversations.open({ priority: 'normal', metadata: { kept: true } });
    await inLine(
      host,
      id,
      () => conversations.update(id, { priority: 'high', metadata: { first: 1 }, actor: operator }),
      () => conversations.update(id, { priority: 'urgent', metadata: { second: 2 }, actor: operator }),
    );
    const { priority, metadata } = await conversations.get(id);
    assert.deepEqual([priority, metadata], ['urgent', { kept: true, first: 1, second: 2 }]);
    const { items } = await audit.list({ conversationId: id, action: 'conversation.updated' });
    assert.deepEqual(
      items.map(({ detail }) =>
        [detail.before, detail.after].map((fields) => (fields as { priority: string }).priority),
      ),
      [
        ['high', 'urgent'],
        ['normal', 'high'],
      ],
    );
  });

  type Act = (host: StartedHost, id: string, draftId: string) => Promise<unknown>;
  const acts: Record<string, Act> = {
    'conversations.receive': ({ cairnloop }, id) => cairnloop.conversations.receive(id, { content: 'Hello?' }),
    'conversations.reply': ({ cairnloop }, id) => cairnloop.conversations.reply(id, { content: 'Hi', actor: operator }),
    'conversations.note': ({ cairnloop }, id) => cairnloop.conversations.note(id, { content: 'Hm', actor: operator }),
    'conversations.resolve': ({ cairnloop }, id) => cairnloop.conversations.resolve(id, { resolvedBy: operator }),
    'conversations.archive': ({ cairnloop }, id) => cairnloop.conversations.archive(id, { actor: operator }),
    'sla.pause': ({ cairnloop }, id) => cairnloop.sla.pause(id, { reason: 'Lunch', actor: operator }),
    'sla.resume': ({ cairnloop }, id) => cairnloop.sla.resume(id, { actor: operator }),
    'drafts.propose': ({ cairnloop }, id) => cairnloop.drafts.propose(id, { type: 'reply', content: 'Hello!' }),
    'drafts.approve': ({ cairnloop }, _, draftId) => cairnloop.drafts.approve(draftId, { actor: operator }),
    'drafts.edit': ({ cairnloop }, _, draftId) => cairnloop.drafts.edit(draftId, { content: 'Hi', actor: operator }),
    'drafts.discard': ({ cairnloop }, _, draftId) => cairnloop.drafts.discard(draftId, { actor: operator }),
  };
  for (const [name, act] of Object.entries(acts)) {
    it(`F12 ${name} locks the conversation before its rows, so that no two calls deadlock`, async () => {
      const host = await start();
      const { conversations, drafts, sla } = host.cairnloop;
      const { id } = await conversations.open({ message: 'Hello?' });
      const draft = await drafts.propose(id, { type: 'reply', content: 'Hello!' });
      if (name === 'sla.resume') await sla.pause(id, { reason: 'Lunch', actor: operator });
      let running: Promise<unknown> | undefined;
      await holding(host, id, async () => {
        running = act(host, id, draft.id);
        await eventually(async () => assert.equal(await waiting(host.database), 1));
        for (const table of ['slas', 'messages', 'drafts'])
          await host.database.query(
            `SELECT FROM cairnloop.${table} WHERE conversation_id = $1 FOR NO KEY UPDATE NOWAIT`,
            [id],
          );
      });
      await running;
    });
  }
});
