import assert from 'node:assert/strict';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { minute, terms } from '../support/error-causes.js';
import { operator as actor, policies, useHosts } from '../support/started-host.js';

const grace = { id: 'op-8', name: 'Grace' };

describe('a conversation that changes', () => {
  const { startHost } = useHosts();

  const start = async () => {
    const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const events: [string, unknown][] = [];
    host.cairnloop.telemetry.attach(
      't',
      ['cairnloop.conversation.updated', 'cairnloop.conversation.archived'],
      (event, _, metadata) => events.push([event, metadata]),
    );
    return { ...host.cairnloop, ...host, events };
  };

  const opened = {
    actorId: 'ada',
    subject: 'Before',
    tags: ['a', 'b'],
    metadata: { plan: 'free', seats: 2, nested: { kept: false } },
  };

  it('LP5 update changes what it names and nothing else', async () => {
    const { conversations } = await start();
    const before = await conversations.open(opened);
    const { updatedAt: _, ...rest } = before;
    const changes = {
      priority: 'high',
      tags: ['c'],
      subject: 'After',
      assignee: grace,
      metadata: { plan: 'pro' },
    };
    const expected: Record<string, unknown> = { ...rest };
    for (const [field, value] of Object.entries(changes)) {
      const { updatedAt, ...after } = await conversations.update(before.id, { [field]: value, actor });
      expected[field] = field === 'metadata' ? { ...opened.metadata, plan: 'pro' } : value;
      assert.deepEqual(after, expected);
      assert.ok(updatedAt >= before.updatedAt);
    }
    const cleared = await conversations.update(before.id, { subject: null, assignee: null, tags: [], actor });
    assert.deepEqual([cleared.subject, cleared.assignee, cleared.tags], [null, null, []]);
    assert.deepEqual((await conversations.get(before.id)).messages, []);
  });

  it('LP5 metadata is merged by its top-level keys, and null removes one', async () => {
    const { conversations } = await start();
    const { id } = await conversations.open(opened);
    const { metadata } = await conversations.update(id, {
      metadata: { seats: null, nested: { other: 1 }, added: [1], unknown: null },
      actor,
    });
    assert.deepEqual(metadata, { plan: 'free', nested: { other: 1 }, added: [1] });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => conversations.update(id, { metadata: { [`key${n}`]: n }, actor })),
    );
    assert.equal(Object.keys((await conversations.get(id)).metadata).length, 23);
  });

  it('LP5 each update is in the audit with before and after of what changed', async () => {
    const { conversations, audit, events } = await start();
    const { id } = await conversations.open(opened);
    await conversations.update(id, { priority: 'high', subject: 'Before', metadata: { plan: 'pro', seats: 2 }, actor });
    await conversations.update(id, { assignee: grace, metadata: { plan: null, added: true }, actor: grace });
    const { items } = await audit.list({ conversationId: id, action: 'conversation.updated' });
    assert.deepEqual(
      items.map(({ actor, detail }) => [actor, detail]),
      [
        [
          grace,
          {
            before: { assignee: null, metadata: { plan: 'pro' } },
            after: { assignee: grace, metadata: { added: true } },
          },
        ],
        [
          actor,
          {
            before: { priority: 'normal', metadata: { plan: 'free' } },
            after: { priority: 'high', metadata: { plan: 'pro' } },
          },
        ],
      ],
    );
    assert.deepEqual(
      events.map(([, metadata]) => (metadata as { changed: string[] }).changed),
      [
        ['priority', 'metadata'],
        ['assignee', 'metadata'],
      ],
    );
  });

  it('LP5 an update that changes nothing writes nothing and publishes nothing', async () => {
    const { conversations, audit, events, database } = await start();
    const { id } = await conversations.open({ ...opened, priority: 'high' });
    await conversations.update(id, { assignee: grace, actor });
    const before = [await conversations.get(id), await audit.list(), events.length];
    const version = async () => (await database.query('SELECT xmax, ctid FROM cairnloop.conversations')).rows[0].ctid;
    const row = await version();
    for (const same of [
      { priority: 'high' },
      { priority: ' high ' },
      { tags: ['a', 'b'] },
      { subject: 'Before' },
      { assignee: { ...grace } },
      { metadata: {} },
      { metadata: { nested: { kept: false }, absent: null } },
    ])
      await conversations.update(id, { ...same, actor });
    assert.deepEqual([await conversations.get(id), await audit.list(), events.length], before);
    assert.equal(await version(), row);
  });

  it('LP5 an update without a field, without an actor or with an invalid value is refused', async () => {
    const { conversations } = await start();
    const { id } = await conversations.open(opened);
    const refusals: [input: object, path: string][] = [
      [{ actor }, 'input'],
      [{ actor, priority: undefined }, 'input'],
      [{ priority: 'high' }, 'actor'],
      [{ priority: null, actor }, 'priority'],
      [{ priority: ' ', actor }, 'priority'],
      [{ tags: [''], actor }, 'tags.0'],
      [{ tags: Array.from({ length: 51 }, String), actor }, 'tags'],
      [{ subject: 'x'.repeat(1001), actor }, 'subject'],
      [{ priority: 'x'.repeat(501), actor }, 'priority'],
      [{ assignee: {}, actor }, 'assignee.id'],
      [{ assignee: 'op-8', actor }, 'assignee'],
      [{ metadata: [], actor }, 'metadata'],
      [{ metadata: null, actor }, 'metadata'],
    ];
    for (const [input, path] of refusals)
      await assert.rejects(conversations.update(id, input as never), (error: CairnloopError) => {
        assert.equal(error.code, 'INPUT_INVALID');
        assert.ok(error.message.includes(`  ${path}: expected`), error.message);
        return true;
      });
    const longest = { subject: 'x'.repeat(1000), priority: 'x'.repeat(500), tags: Array.from({ length: 50 }, String) };
    assert.equal((await conversations.update(id, { ...longest, actor })).subject, longest.subject);
    for (const missing of ['no id', '01890000-0000-7000-8000-000000000000'])
      await assert.rejects(conversations.update(missing, { priority: 'high', actor }), {
        code: 'CONVERSATION_NOT_FOUND',
      });
  });

  it('LP5 a running clock keeps its terms when the priority changes, sla explain says so, and the next clock uses the new terms', async () => {
    const host = await start();
    const { conversations, sla } = host;
    const { id } = await conversations.open({ priority: terms.priority, message: 'Hello?' });
    const running = await sla.forConversation(id);
    const owed = await host.deliveries('sla_breach');
    await host.advance(minute);
    await conversations.update(id, { priority: 'low', tags: ['x'], actor: grace });
    await conversations.update(id, { tags: ['y'], actor: grace });
    assert.deepEqual(await sla.forConversation(id), running);
    assert.deepEqual(await host.deliveries('sla_breach'), owed);
    await conversations.reply(id, { content: 'Hi', actor });
    await conversations.update(id, { priority: 'after the clock', actor: grace });
    const [clock] = await sla.explain(id);
    assert.deepEqual(
      clock?.events.map(({ type }) => type),
      ['started', 'reprioritized', 'ended'],
    );
    assert.match(
      clock?.lines[1] ?? '',
      /priority changed from "normal" to "low" by Grace; this clock keeps its terms$/,
    );
    await conversations.receive(id, { content: 'Again' });
    assert.equal((await sla.explain(id)).length, 1, 'the new priority has no policy');
    await conversations.update(id, { priority: terms.priority, actor });
    await conversations.reply(id, { content: 'Hi', actor });
    await conversations.receive(id, { content: 'And again' });
    assert.equal((await sla.forConversation(id))?.status, 'active');
  });

  it('archiving an open conversation ends its clock and its snooze, and owes no callback', async () => {
    const host = await start();
    const { conversations, sla, audit } = host;
    const { id } = await conversations.open({ priority: terms.priority, message: 'Spam' });
    await conversations.snooze(id, { until: new Date(Date.now() + 3_600_000), actor });
    const archived = await conversations.archive(id, { actor });
    assert.deepEqual(
      [archived.status, archived.snoozedUntil, archived.resolvedAt, archived.resolvedBy],
      ['archived', null, null, null],
    );
    assert.equal((await sla.forConversation(id))?.status, 'fulfilled');
    assert.match(
      (await sla.explain(id))[0]?.lines.at(-1) ?? '',
      /ended when the conversation was archived by Ada, in time$/,
    );
    assert.deepEqual(await host.deliveries('sla_breach'), []);
    assert.deepEqual(await host.deliveries('conversation_resolved'), []);
    const before = [await conversations.get(id), await audit.list(), host.events.length];
    await conversations.archive(id, { actor: grace });
    assert.deepEqual([await conversations.get(id), await audit.list(), host.events.length], before);
    assert.deepEqual((await audit.list({ action: 'conversation.archived' })).items[0]?.actor, actor);
  });

  it('an archived conversation refuses calls that need an open one, and says that it is archived', async () => {
    const { conversations, drafts } = await start();
    const { id } = await conversations.open({});
    await conversations.archive(id, { actor });
    const until = new Date(Date.now() + 3_600_000);
    for (const call of [
      () => conversations.reply(id, { content: 'Hi', actor }),
      () => conversations.snooze(id, { until, actor }),
      () => drafts.propose(id, { type: 'reply', content: 'Hi' }),
    ])
      await assert.rejects(call, (error: CairnloopError) => {
        assert.equal(error.code, 'CONVERSATION_RESOLVED');
        assert.match(error.message, /is archived, so it cannot be /);
        return true;
      });
    assert.equal((await conversations.resolve(id, { resolvedBy: actor })).status, 'archived');
  });

  it('a customer’s message and reopen() reopen an archived conversation, resolved before or not', async () => {
    const { conversations, audit } = await start();
    const { id } = await conversations.open({ message: 'Hello' });
    const { resolvedAt } = await conversations.resolve(id, { resolvedBy: actor });
    assert.deepEqual((await conversations.archive(id, { actor })).resolvedAt, resolvedAt);
    await conversations.receive(id, { content: 'Again' });
    const { status, resolvedBy } = await conversations.get(id);
    assert.deepEqual([status, resolvedBy], ['open', null]);
    await conversations.archive(id, { actor });
    assert.equal((await conversations.reopen(id, { actor })).status, 'open');
    assert.equal((await audit.list({ action: 'conversation.reopened' })).items.length, 2);
    assert.deepEqual(
      (await conversations.list({ status: 'archived' })).items.map((found) => found.id),
      [],
    );
  });

  it('a list by tag is ordered by the latest activity of any kind', async () => {
    const { conversations, drafts, database } = await start();
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1)
      ids.push((await conversations.open({ tags: n % 2 ? ['x', 'x', 'y'] : ['y'], message: 'Hello' })).id);
    const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = ids;
    await conversations.update(b, { tags: [], actor });
    await conversations.update(a, { tags: ['x'], actor });
    await conversations.receive(d, { content: 'Again' });
    await conversations.note(f, { content: 'Note', actor });
    await drafts.propose(h, { type: 'reply', content: 'Hi' });
    await conversations.resolve(c, { resolvedBy: actor });
    await database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [g]);
    const all = (await conversations.list()).items;
    for (const tag of ['x', 'y', 'none']) {
      const expected = all.filter(({ tags }) => tags.includes(tag)).map(({ id }) => id);
      const seen: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await conversations.list({ tag, cursor, limit: 2 });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        if (!cursor) break;
      }
      assert.deepEqual(seen, expected, tag);
      assert.equal(await conversations.count({ tag }), expected.length);
    }
    assert.ok(e);
  });

  it('lists filter by customer, assignee, tag and snoozed, with equal counts', async () => {
    const { conversations } = await start();
    const open = async (actorId: string | null, tags: string[]) => (await conversations.open({ actorId, tags })).id;
    const [a, b, c] = [await open('user_1', ['x', 'y']), await open('user_10', ['x']), await open(null, [])];
    await conversations.update(a, { assignee: actor, actor });
    await conversations.update(b, { assignee: { id: 'OP-7' }, actor });
    await conversations.snooze(c, { until: new Date(Date.now() + 3_600_000), actor });
    const found = async (filter: Parameters<typeof conversations.count>[0]) => {
      const { items } = await conversations.list(filter);
      assert.equal(await conversations.count(filter), items.length);
      return items.map(({ id }) => id).sort();
    };
    assert.deepEqual(await found({ actorId: 'user_1' }), [a]);
    assert.deepEqual(await found({ actorId: 'user_' }), []);
    assert.deepEqual(await found({ assignee: 'op-7' }), [a]);
    assert.deepEqual(await found({ assignee: null }), [c]);
    assert.deepEqual(await found({ assignee: undefined }), [a, b, c].sort());
    assert.deepEqual(await found({ tag: 'x' }), [a, b].sort());
    assert.deepEqual(await found({ tag: 'y', assignee: 'op-7', actorId: 'user_1', snoozed: false }), [a]);
    assert.deepEqual(await found({ tag: 'X' }), []);
    assert.deepEqual(await found({ snoozed: true }), [c]);
    assert.deepEqual(await found({ snoozed: true, status: 'open' }), [c]);
    assert.deepEqual(await found({ snoozed: false }), [a, b].sort());
    assert.deepEqual(await found({ status: 'open' }), [a, b, c].sort());
    for (const filter of [{ actorId: null }, { actorId: '' }, { assignee: '' }, { tag: null }, { snoozed: 'yes' }])
      await assert.rejects(conversations.list(filter as never), { code: 'INPUT_INVALID' });
  });
});
