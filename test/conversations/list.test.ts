import assert from 'node:assert/strict';
import type { Page } from '../../src/contracts/domain.js';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { stopClock } from '../support/database-clock.js';
import { minute, terms } from '../support/error-causes.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

describe('lists', () => {
  const { startHost } = useHosts();

  const walk = async <T extends { id: string }>(page: (cursor: string | null) => Promise<Page<T>>) => {
    const ids: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const { items, nextCursor } = await page(cursor);
      ids.push(...items.map(({ id }) => id));
      if (!nextCursor) return ids;
      cursor = nextCursor;
    }
  };

  it('miss and repeat nothing when many rows share a millisecond', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    await stopClock(database, new Date('2026-03-01T12:00:00.123Z'));
    const opened = await Promise.all(Array.from({ length: 60 }, () => cairnloop.conversations.open({})));
    for (const { id } of opened) await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const limit = 7;
    const lists = {
      conversations: await walk((cursor) => cairnloop.conversations.list({ cursor, limit })),
      resolved: await walk((cursor) => cairnloop.conversations.list({ status: 'resolved', cursor, limit })),
      deliveries: await walk((cursor) => cairnloop.deliveries.list({ cursor, limit })),
      audit: await walk((cursor) => cairnloop.audit.list({ action: 'conversation.resolved', cursor, limit })),
    };
    for (const [name, ids] of Object.entries(lists)) {
      assert.equal(ids.length, 60, name);
      assert.equal(new Set(ids).size, 60, name);
    }
    assert.deepEqual(new Set(lists.conversations), new Set(opened.map(({ id }) => id)));
  });

  it('continue at the cursor when rows are added meanwhile', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const first: string[] = [];
    for (let n = 0; n < 6; n += 1) first.push((await cairnloop.conversations.open({})).id);
    const seen = await walk(async (cursor) => {
      await cairnloop.conversations.open({});
      return cairnloop.conversations.list({ cursor, limit: 2 });
    });
    assert.deepEqual(
      seen.filter((id) => first.includes(id)),
      [...first].reverse(),
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  it('find conversations by how their clock stands', async () => {
    const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const { conversations, sla } = host.cairnloop;
    const { priority } = terms;
    const open = async () => (await conversations.open({ priority, message: 'Hello?' })).id;
    const answered = async (id: string) => void (await conversations.reply(id, { content: 'Hi', actor: operator }));
    const [running, held, met, again, late] = [await open(), await open(), await open(), await open(), await open()];
    const none = (await conversations.open({})).id;
    await answered(met);
    await answered(again);
    await sla.pause(held, { reason: 'waiting', actor: operator });
    await host.advance(1000);
    const found = async (how: 'active' | 'due' | 'fulfilled' | 'breached') => {
      const { items } = await conversations.list({ sla: how });
      assert.equal(await conversations.count({ sla: how }), items.length);
      return items.map(({ id }) => id).sort();
    };
    assert.deepEqual(await found('fulfilled'), [met, again].sort());
    assert.deepEqual(await found('due'), []);
    await host.advance(terms.responseMinutes * minute);
    assert.deepEqual(await found('due'), [running, late].sort());
    await conversations.receive(again, { content: 'Still here' });
    assert.deepEqual(await found('fulfilled'), [met]);
    assert.deepEqual(await found('active'), [running, held, late, again].sort());
    await host.advance(terms.breachMinutes * minute);
    await answered(late);
    assert.deepEqual(await found('breached'), [late]);
    assert.ok(!(await found('due')).includes(none));
  });

  it('return no cursor on the last page, also if it is full', async () => {
    const { cairnloop } = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { conversations, deliveries, audit } = cairnloop;
    for (let n = 0; n < 4; n += 1) {
      const { id } = await conversations.open({ actorId: 'ada', message: `${n}` });
      await conversations.resolve(id, { resolvedBy: operator });
    }
    const lists: Record<string, (page: { cursor?: string | null; limit: number }) => Promise<Page<unknown>>> = {
      'conversations.list': (page) => conversations.list({ status: 'resolved', ...page }),
      'conversations.forCustomer': (page) => conversations.forCustomer('ada', page),
      'deliveries.list': (page) => deliveries.list(page),
      'audit.list': (page) => audit.list({ action: 'conversation.resolved', ...page }),
    };
    for (const [name, list] of Object.entries(lists)) {
      const whole = await list({ limit: 4 });
      assert.deepEqual([whole.items.length, whole.nextCursor], [4, null], name);
      const first = await list({ limit: 2 });
      const second = await list({ limit: 2, cursor: first.nextCursor });
      assert.deepEqual([...first.items, ...second.items], whole.items, name);
      assert.equal(second.nextCursor, null, name);
    }
  });

  it('refuse an unknown filter and suggest the closest one', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations, deliveries, audit } = cairnloop;
    const calls: [call: (filter: never) => Promise<unknown>, key: string, meant: string][] = [
      [conversations.list, 'statuss', 'status'],
      [conversations.count, 'prority', 'priority'],
      [conversations.count, 'limit', 'one of the keys status, priority, sla, search'],
      [audit.list, 'conversationID', 'conversationId'],
      [deliveries.list, 'states', 'state'],
    ];
    for (const [call, key, meant] of calls)
      await assert.rejects(call({ [key]: 'open' } as never), (error: CairnloopError) => {
        assert.equal(error.code, 'INPUT_INVALID');
        assert.ok(error.message.includes(`  ${key}: `) && error.message.includes(meant), error.message);
        return true;
      });
  });

  it('refuse a cursor that no list returned', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const forged = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
    const id = '00000000-0000-7000-8000-000000000000';
    const times = ['2026-02-30T00:00:00Z', '2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-01-01', '1'];
    const cursors = ['', 'x', '!!!', forged(null), forged(['a', 'b']), forged(['abc']), forged([{}, 1])];
    cursors.push(forged(['-5']), ...times.map((time) => forged([time, id])), forged(['2026-01-01T00:00:00.000Z', '1']));
    for (const cursor of cursors.filter(Boolean)) {
      for (const list of [cairnloop.conversations, cairnloop.deliveries, cairnloop.audit])
        await assert.rejects(list.list({ cursor }), { code: 'CURSOR_INVALID' }, cursor);
    }
  });
});
