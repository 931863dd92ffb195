import assert from 'node:assert/strict';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { operator as actor, useHosts } from '../support/started-host.js';
import { waiting } from '../support/wait-for-lock.js';

const hour = 3_600_000;

describe('a snooze that meets a customer’s message', () => {
  const { startHost } = useHosts();

  it('LP6 a message that waits for the snooze wakes the conversation, and reports that once', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const client = new pg.Client(host.database.url);
    await client.connect();
    try {
      await client.query('BEGIN');
      const within = host.cairnloop.within(client);
      await within.conversations.snooze(id, { until: new Date(Date.now() + hour), actor });
      const received = conversations.receive(id, { content: 'And?' });
      await eventually(async () => {
        assert.ok(await waiting(host.database), 'the message waits');
      });
      await client.query('COMMIT');
      await received;
    } finally {
      await client.end();
    }
    const { snoozedUntil, messages = [] } = await conversations.get(id);
    assert.deepEqual([snoozedUntil, messages.map(({ content }) => content)], [null, ['Hello?', 'And?']]);
    const { items } = await host.cairnloop.audit.list({ conversationId: id });
    assert.equal(items.filter(({ action }) => action === 'conversation.woken').length, 1);
  });

  it('LP6 of concurrent messages and snoozes the last one written decides, and the audit record has each change', async () => {
    const host = await startHost({ database: { poolSize: 10 } }, { worker: false });
    const { conversations } = host.cairnloop;
    for (let round = 0; round < 10; round += 1) {
      const { id } = await conversations.open({ message: 'Hello?' });
      const calls = Array.from({ length: 6 }, (_, n) =>
        n % 2
          ? conversations.snooze(id, { until: new Date(Date.now() + hour + n * 1000), actor })
          : conversations.receive(id, { content: `Message ${n}` }),
      );
      await Promise.all(calls);
      const { snoozedUntil } = await conversations.get(id);
      const { items } = await host.cairnloop.audit.list({ conversationId: id, limit: 100 });
      const told = items.map(({ action }) => action).filter((action) => /snoozed|woken/.test(action));
      assert.equal(told[0] === 'conversation.snoozed', snoozedUntil !== null, told.join(' '));
      for (const [index, action] of told.entries())
        if (action === 'conversation.woken') assert.equal(told[index + 1], 'conversation.snoozed', told.join(' '));
    }
  });
});
