import assert from 'node:assert/strict';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { terms } from '../support/error-causes.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, policies, useHosts } from '../support/started-host.js';

describe('a dedupeKey', () => {
  const { startHost } = useHosts();

  const start = async () => {
    const provider = policies(terms);
    const { notifier } = recordingNotifier();
    const host = await startHost({ slaPolicyProvider: provider, notifier }, { worker: false });
    return { ...host.cairnloop, ...host };
  };

  const rowsIn = async ({ database }: { database: { query: (sql: string) => Promise<{ rows: unknown[] }> } }) => {
    const tables = ['conversations', 'messages', 'slas', 'deliveries', 'audit_events'];
    const counts = tables.map((table) => `(SELECT count(*)::int FROM cairnloop.${table}) AS ${table}`);
    return (await database.query(`SELECT ${counts.join(', ')}`)).rows[0];
  };

  it('LP3 open writes once with its message, and returns the conversation that the key opened', async () => {
    const host = await start();
    const { conversations } = host;
    const heard: string[] = [];
    host.telemetry.attach('t', ['cairnloop.conversation.opened', 'cairnloop.message.received'], (e) => heard.push(e));
    const input = { actorId: 'ada', priority: terms.priority, message: 'Hello?', dedupeKey: 'mail-1' };
    const first = await conversations.open(input);
    const written = await rowsIn(host);
    const again = await conversations.open({ ...input, message: 'Other words', subject: 'Other', tags: ['x'] });
    assert.deepEqual(again, first);
    assert.deepEqual(await rowsIn(host), written);
    assert.deepEqual(
      (await conversations.get(first.id)).messages?.map(({ content }) => content),
      ['Hello?'],
    );
    assert.deepEqual(heard, ['cairnloop.conversation.opened', 'cairnloop.message.received']);
  });

  it('LP3 open with a known key returns the current conversation', async () => {
    const { conversations } = await start();
    const { id } = await conversations.open({ dedupeKey: 'k' });
    await conversations.resolve(id, { resolvedBy: actor });
    const again = await conversations.open({ dedupeKey: 'k' });
    assert.deepEqual([again.id, again.status], [id, 'resolved']);
  });

  it('LP3 receive writes once, and returns the message that the key wrote', async () => {
    const host = await start();
    const { conversations } = host;
    const { id } = await conversations.open({ priority: terms.priority });
    const first = await conversations.receive(id, { content: 'Hello?', dedupeKey: 'mail-2' });
    await conversations.resolve(id, { resolvedBy: actor });
    const written = await rowsIn(host);
    assert.deepEqual(await conversations.receive(id, { content: 'Other', dedupeKey: 'mail-2' }), first);
    assert.deepEqual(await rowsIn(host), written);
    assert.equal((await conversations.get(id)).status, 'resolved');
  });

  it('LP3 fifty racing calls with one key write once, each of them returning the same', async () => {
    const host = await start();
    const { conversations } = host;
    const fifty = <T>(call: (n: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, n) => call(n)));
    const opened = await fifty((n) => conversations.open({ actorId: 'ada', message: `Hello ${n}`, dedupeKey: 'race' }));
    const [id = ''] = new Set(opened.map((conversation) => conversation.id));
    assert.ok(opened.every((conversation) => conversation.id === id));
    const received = await fifty((n) => conversations.receive(id, { content: `Still ${n}`, dedupeKey: 'race' }));
    assert.equal(new Set(received.map((message) => message.id)).size, 1);
    assert.equal((await conversations.get(id)).messages?.length, 2);
    assert.equal(await conversations.count(), 1);
  });

  it('LP3 reply and note write once under a key, also when fifty race, and a repetition ends no second clock', async () => {
    const host = await start();
    const { conversations } = host;
    for (const write of [conversations.reply, conversations.note]) {
      const { id } = await conversations.open({ priority: terms.priority, message: 'Hello?' });
      const first = await write(id, { content: 'Yes.', actor, dedupeKey: 'k' });
      const written = await rowsIn(host);
      assert.deepEqual(await write(id, { content: 'Other words', actor, dedupeKey: 'k' }), first);
      assert.deepEqual(await rowsIn(host), written);
      const raced = await Promise.all(
        Array.from({ length: 50 }, (_, n) => write(id, { content: `At once ${n}`, actor, dedupeKey: 'race' })),
      );
      assert.equal(new Set(raced.map((message) => message.id)).size, 1);
    }
  });

  it('LP3 another key writes again, also one that differs in a space, in case or in Unicode normalization', async () => {
    const { conversations } = await start();
    const keys = ['k', 'k ', ' k', 'K', 'k\u0000', 'k\ud800', 'k\ud801', 'é', 'e\u0301', 'x'.repeat(1000)];
    const opened = await Promise.all(keys.map((dedupeKey) => conversations.open({ dedupeKey })));
    assert.equal(new Set(opened.map(({ id }) => id)).size, keys.length);
    const id = opened[0]?.id ?? '';
    for (const dedupeKey of keys) await conversations.receive(id, { content: 'Hello', dedupeKey });
    assert.equal((await conversations.get(id)).messages?.length, keys.length);
  });

  it('LP3 a key applies to one conversation, and for open to one customer', async () => {
    const { conversations } = await start();
    const ids = [];
    for (const actorId of ['user_1', 'user_10', null])
      ids.push((await conversations.open({ actorId, dedupeKey: 'k' })).id);
    assert.equal(new Set(ids).size, 3);
    const messages = [];
    for (const id of ids) messages.push((await conversations.receive(id, { content: 'Hello', dedupeKey: 'k' })).id);
    assert.equal(new Set(messages).size, 3);
  });

  it('LP3 a key of receive does not collide with the same key of a reply, a note or an outbound message', async () => {
    const { conversations, outbound } = await start();
    const { id } = await conversations.open({ dedupeKey: 'k' });
    const reply = await conversations.reply(id, { content: 'Reply', actor, dedupeKey: 'k' });
    await outbound.trigger(id, { templateId: 't', content: 'Outbound', dedupeKey: 'o', actor });
    const received = await conversations.receive(id, { content: 'Customer', dedupeKey: 'k' });
    assert.deepEqual([reply.role, received.role], ['operator', 'customer']);
    assert.equal((await conversations.receive(id, { content: 'Customer', dedupeKey: 'o' })).role, 'customer');
  });

  it('LP9 a call whose result was lost may be repeated with its key', async () => {
    const host = await start();
    const { conversations } = host;
    const cut = host.database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    const calls = Array.from({ length: 8 }, (_, n) =>
      conversations.open({ message: 'Hello?', dedupeKey: `lost-${n}` }),
    );
    await Promise.allSettled([cut, ...calls]);
    const again = Array.from({ length: 8 }, (_, n) =>
      conversations.open({ message: 'Hello?', dedupeKey: `lost-${n}` }),
    );
    await Promise.all(again);
    assert.equal(await conversations.count(), 8);
    assert.deepEqual((await host.database.query('SELECT count(*)::int FROM cairnloop.messages')).rows, [{ count: 8 }]);
  });

  it('LP3 a key that is no text, blank or too long is refused', async () => {
    const { conversations } = await start();
    const { id } = await conversations.open({});
    for (const dedupeKey of ['', '  ', 'x'.repeat(1001), null, 7] as string[])
      for (const call of [
        () => conversations.open({ dedupeKey }),
        () => conversations.receive(id, { content: 'c', dedupeKey }),
      ])
        await assert.rejects(call, (error: CairnloopError) => {
          assert.equal(error.code, 'INPUT_INVALID');
          assert.match(error.message, /dedupeKey: expected a text of 1 to 1000 characters/);
          return true;
        });
  });
});
