import { strict as assert } from 'node:assert';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

const grace = { 'x-test-operator': 'Grace' };

/** Everything here goes by plain forms: a page without a script can do all of it. */
describe('a team in the workspace', () => {
  const serve = useWorkspaces();
  const { startHost } = useHosts();

  async function openThread(options: { takeBackSeconds?: number } = {}) {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails', tags: ['old'] });
    const workspace = await serve(host, options);
    const now = () => conversations.get(id);
    const messages = async () => (await now()).messages?.map(({ role }) => role);
    return { ...host, conversations, id, workspace, now, messages };
  }

  describe('the owner', () => {
    it('can be oneself, a colleague seen here, or nobody', async () => {
      const { workspace, id, now, messages, cairnloop } = await openThread();
      await workspace.get('/', grace);
      assert.equal((await workspace.post(`/c/${id}/assign`, { to: operator.id, was: '' })).status, 303);
      assert.deepEqual((await now()).assignee, operator);
      assert.equal((await workspace.post(`/c/${id}/assign`, { to: 'Grace', was: operator.id })).status, 303);
      assert.deepEqual((await now()).assignee, { id: 'Grace', name: 'Grace' });
      assert.equal((await workspace.post(`/c/${id}/assign`, { to: '', was: 'Grace' })).status, 303);
      assert.equal((await now()).assignee, null);
      assert.deepEqual(await messages(), ['customer'], 'the customer sees nothing of it');
      const { items } = await cairnloop.audit.list({ conversationId: id, action: 'conversation.updated' });
      assert.deepEqual(
        items.map(({ actor }) => actor.id),
        [operator.id, operator.id, operator.id],
      );
    });

    it('can be a colleague of another process, or one who has not come back since a restart', async () => {
      const { database, conversations, id, cairnloop } = await openThread();
      const other = await conversations.open({ actorId: 'c-2', subject: 'Import', message: 'It fails' });
      await conversations.update(other.id, { assignee: { id: 'op-8', name: 'Linus' }, actor: operator });
      await conversations.note(other.id, { content: 'Known', actor: { id: 'op-9', name: 'Hopper' } });
      await conversations.receive(other.id, { content: 'And?' });
      const workspace = await serve({ cairnloop });
      const elsewhere = await serve(await startHost({}, { worker: false, database }));
      const streams = new AbortController();
      try {
        await fetch(workspace.url('/live'), { signal: streams.signal });
        await fetch(elsewhere.url(`/live?c=${other.id}`), { headers: grace, signal: streams.signal });
        const page = `/c/${id}`;
        const offered = async (path: string, list: RegExp) =>
          textOf(list.exec((await workspace.get(path)).text)?.[0] ?? '');
        await eventually(async () => {
          const given = await offered(page, /action="\/support\/c\/[^"]+\/assign"[\s\S]*?<\/form>/);
          for (const name of ['Linus', 'Hopper', 'Grace']) assert.match(given, new RegExp(`Give to ${name}`));
          assert.doesNotMatch(given, /customer|system|c-2/i);
        });
        const filter = await offered('/', /id="narrow"[\s\S]*?<\/form>/);
        const bulk = await offered(`/bulk/assign?id=${id}`, /action="\/support\/bulk\/assign"[\s\S]*?<\/form>/);
        for (const name of ['Linus', 'Hopper', 'Grace'])
          for (const list of [filter, bulk]) assert.match(list, new RegExp(name));
        assert.equal((await workspace.post(`/c/${id}/assign`, { to: 'op-9', was: '' })).status, 303);
        assert.deepEqual((await conversations.get(id)).assignee, { id: 'op-9', name: 'Hopper' });
        assert.match(textOf((await workspace.post('/bulk/assign', { id: [id], to: 'op-8' })).text), /1 of 1/);
      } finally {
        streams.abort();
      }
    });

    it('is not changed if somebody else took it meanwhile, and the page says who', async () => {
      const { workspace, id, now } = await openThread();
      await workspace.post(`/c/${id}/assign`, { to: 'Grace', was: '' }, grace);
      const refused = await workspace.post(`/c/${id}/assign`, { to: operator.id, was: '' });
      assert.equal(refused.status, 409);
      assert.match(
        textOf(refused.text),
        /Somebody else owns the conversation now\. Grace took the conversation meanwhile, and nothing was changed/,
      );
      assert.equal((await now()).assignee?.id, 'Grace');
      assert.equal((await workspace.post(`/c/${id}/assign`, { to: operator.id, was: 'Grace' })).status, 303);
    });

    it('is from the list, never an arbitrary id', async () => {
      const { workspace, id, now } = await openThread();
      for (const to of ['nobody-i-know', 'c-1', 'system:worker', 'anonymous', ' '])
        assert.equal((await workspace.post(`/c/${id}/assign`, { to, was: '' })).status, 422, to);
      assert.equal((await now()).assignee, null);
    });

    it('sorts the queue into Mine and Unassigned, with counts', async () => {
      const { workspace, id } = await openThread();
      await workspace.post(`/c/${id}/assign`, { to: operator.id, was: '' });
      const counts = textOf((await workspace.get('/')).text);
      assert.match(counts, /Mine 1 Unassigned 0/);
      assert.match(textOf((await workspace.get('/', grace)).text), /Mine 0 Unassigned 0/);
      assert.match((await workspace.get('/?filter=mine')).text, new RegExp(`data-id="${id}"`));
      assert.doesNotMatch((await workspace.get('/?filter=mine', grace)).text, /data-id=/);
    });
  });

  describe('tags, priority and snooze', () => {
    it('adds and removes tags one by one, so that two who tag at once lose nothing', async () => {
      const { workspace, id, now, conversations } = await openThread();
      assert.equal((await workspace.post(`/c/${id}/tags`, { add: ' billing, vip ,billing' })).status, 303);
      assert.deepEqual((await now()).tags, ['old', 'billing', 'vip']);
      await workspace.post(`/c/${id}/tags`, { remove: 'old' });
      assert.deepEqual((await now()).tags, ['billing', 'vip']);
      await Promise.all(['a', 'b', 'c'].map((tag) => conversations.update(id, { addTags: [tag], actor: operator })));
      assert.deepEqual((await now()).tags.toSorted(), ['a', 'b', 'billing', 'c', 'vip']);
      assert.equal((await workspace.post(`/c/${id}/tags`, { add: ' , ' })).status, 422);
    });

    it('refuses more tags than a conversation holds, and keeps those that are there', async () => {
      const { id, now, conversations } = await openThread();
      const many = Array.from({ length: 50 }, (_, index) => `tag-${index}`);
      await assert.rejects(conversations.update(id, { addTags: many, actor: operator }), { code: 'INPUT_INVALID' });
      assert.deepEqual((await now()).tags, ['old']);
      await conversations.update(id, { addTags: many, removeTags: ['old'], actor: operator });
      assert.equal((await now()).tags.length, 50);
    });

    it('changes the priority in place', async () => {
      const { workspace, id, now } = await openThread();
      assert.equal((await workspace.post(`/c/${id}/priority`, { priority: 'urgent' })).status, 303);
      assert.equal((await now()).priority, 'urgent');
      assert.equal((await workspace.post(`/c/${id}/priority`, { priority: ' ' })).status, 422);
    });

    it('snoozes for a span or until a moment, finds it in Snoozed, and wakes it', async () => {
      const { workspace, id, now } = await openThread();
      assert.equal((await workspace.post(`/c/${id}/snooze`, { span: '3600' })).status, 303);
      const { snoozedUntil } = await now();
      assert.ok(snoozedUntil);
      assert.match((await workspace.get('/?filter=snoozed')).text, new RegExp(`data-id="${id}"`));
      assert.doesNotMatch((await workspace.get('/')).text, /data-id=/);
      const until = new Date(snoozedUntil.getTime() + 3_600_000).toISOString();
      assert.equal((await workspace.post(`/c/${id}/snooze`, { until })).status, 303);
      assert.equal((await now()).snoozedUntil?.toISOString(), until);
      assert.equal((await workspace.post(`/c/${id}/snooze`, { span: 'wake' })).status, 303);
      assert.equal((await now()).snoozedUntil, null);
    });

    const noTimes: Record<string, string>[] = [
      {},
      { span: '7' },
      { until: 'tomorrow' },
      { until: '2020-01-01T00:00:00Z' },
      { until: '2026-13-45T99:00:00Z' },
    ];
    for (const fields of noTimes)
      it(`refuses to snooze until ${JSON.stringify(fields)}`, async () => {
        const { workspace, id, now } = await openThread();
        assert.equal((await workspace.post(`/c/${id}/snooze`, fields)).status, 422);
        assert.equal((await now()).snoozedUntil, null);
      });

    it('links to a view of a tag and an owner, and keeps it beside the conversation', async () => {
      const { workspace, id, conversations } = await openThread();
      await conversations.open({ subject: 'Another' });
      const { text } = await workspace.get('/?tag=old&owner=');
      assert.deepEqual(
        Array.from(text.matchAll(/data-id="([^"]+)"/g), ([, one]) => one),
        [id],
      );
      assert.match(text, new RegExp(`href="/support/c/${id}\\?tag=old&amp;owner="`));
      assert.match(textOf(text), /old Nobody/);
      const beside = await workspace.get(`/c/${id}?tag=old&owner=`);
      assert.deepEqual(
        Array.from(beside.text.matchAll(/data-id="([^"]+)"/g), ([, one]) => one),
        [id],
      );
    });

    it('shows the customer’s other conversations, and nobody else’s', async () => {
      const { workspace, id, conversations } = await openThread();
      await conversations.open({ actorId: 'c-1', subject: 'Earlier question', message: 'Hello' });
      await conversations.open({ actorId: 'c-10', subject: 'Of somebody else', message: 'Hello' });
      await conversations.open({ subject: 'Of nobody', message: 'Hello' });
      const { text } = await workspace.get(`/c/${id}`);
      const [, others = ''] = /id="other-conversations">([\s\S]*?)<\/section>/.exec(text) ?? [];
      assert.match(textOf(others), /Earlier question waiting/);
      assert.doesNotMatch(textOf(others), /somebody else|nobody|Export/);
    });
  });

  describe('bulk actions', () => {
    async function several(count = 3, options: { takeBackSeconds?: number } = {}) {
      const opened = await openThread(options);
      const others = [];
      for (let made = 1; made < count; made += 1)
        others.push((await opened.conversations.open({ subject: `No. ${made}`, message: 'Hello' })).id);
      const ids = [opened.id, ...others];
      /** What the boxes of the queue carry, with what their lines show now, in the order of `ids`. */
      const boxes = async () => {
        const { text } = await opened.workspace.get('/?select=1');
        const values = Array.from(
          text.matchAll(/type="checkbox" name="id" value="([^"]+)"/g),
          ([, value = '']) => value,
        );
        return ids.map((id) => values.find((value) => value.startsWith(id)) ?? `no box for ${id}`);
      };
      const statuses = () => Promise.all(ids.map(async (id) => (await opened.conversations.get(id)).status));
      return { ...opened, ids, boxes, statuses };
    }

    it('ask first, and name the number and the conversations', async () => {
      const { workspace, ids, statuses } = await several();
      const page = await workspace.get(`/bulk/resolve?${ids.map((id) => `id=${id}`).join('&')}`);
      assert.match(textOf(page.text), /Resolve 3 conversations\?/);
      assert.match(textOf(page.text), /Export[\s\S]*No\. 1[\s\S]*No\. 2/);
      assert.deepEqual(await statuses(), ['open', 'open', 'open']);
    });

    it('have every conversation ticked by a link, for pages without a script', async () => {
      const { workspace, ids } = await several();
      const ticked = (text: string) => text.match(/<input type="checkbox" name="id"[^>]* checked/g)?.length ?? 0;
      const { text } = await workspace.get('/?select=1');
      assert.equal(ticked(text), 0);
      const [, link = ''] = /<a [^>]*href="\/support(\/[^"]*select=all)"/.exec(text) ?? [];
      assert.equal(ticked((await workspace.get(link.replaceAll('&amp;', '&'))).text), ids.length);
    });

    it('speak of one conversation as of one', async () => {
      const { workspace, ids, boxes } = await several();
      const words = async (kind: string, count: number) =>
        textOf(
          (
            await workspace.get(
              `/bulk/${kind}?${ids
                .slice(0, count)
                .map((id) => `id=${id}`)
                .join('&')}`,
            )
          ).text,
        );
      assert.match(
        await words('snooze', 1),
        /Snooze 1 conversation\? The conversation comes back at that time, .* Its SLA clock keeps running\./,
      );
      assert.match(
        await words('snooze', 2),
        /Snooze 2 conversations\? Conversations come back at that time, .* Their SLA clocks keep running\./,
      );
      assert.match(await words('resolve', 1), /Resolve 1 conversation\? The conversation stays open if/);
      assert.match(await words('resolve', 3), /Resolve 3 conversations\? Conversations in which/);
      const [one = ''] = await boxes();
      const resolved = textOf((await workspace.post('/bulk/resolve', { id: [one] })).text);
      assert.match(resolved, /Resolved 1 of 1 conversation /);
      assert.doesNotMatch(resolved, /All of them|conversations stayed/);
    });

    it('OA4 can be taken back as a whole: nothing is resolved before its time, and what was taken back stays open', async () => {
      const { workspace, boxes, statuses, advance, cairnloop } = await several(3, { takeBackSeconds: 60 });
      const { text } = await workspace.post('/bulk/resolve', { id: await boxes(), later: '1' });
      assert.match(textOf(text), /Resolving 3 of 3 conversations/);
      assert.deepEqual(await statuses(), ['open', 'open', 'open']);
      const action = [...text.matchAll(/name="action" value="([^"]+)"/g)].map(([, name = '']) => name);
      assert.equal(action.length, 3);
      const others = await workspace.post('/bulk/resolve/take-back', { action }, { 'x-test-operator': 'op-9' });
      assert.match(textOf(others.text), /Resolving taken back for 0 of 3 conversations/);
      const taken = await workspace.post('/bulk/resolve/take-back', { action: action.slice(0, 2) });
      assert.match(textOf(taken.text), /Resolving taken back for 2 of 2 conversations/);
      await cairnloop.worker.start();
      await advance(62_000);
      await eventually(async () => assert.deepEqual((await statuses()).toSorted(), ['open', 'open', 'resolved']));
    });

    it('resolve the chosen conversations, and list those that failed', async () => {
      const { workspace, ids, boxes, statuses, conversations } = await several();
      const ticked = await boxes();
      await conversations.receive(ids[1] ?? '', { content: 'Wait, stop!' });
      await conversations.resolve(ids[2] ?? '', { resolvedBy: operator });
      const missing = '01a00000-0000-7000-8000-000000000000';
      const { status, text } = await workspace.post('/bulk/resolve', { id: [...ticked, missing] });
      assert.equal(status, 200);
      const words = textOf(text);
      assert.match(words, /Resolved 1 of 4 conversations 3 conversations stayed as they were/);
      assert.match(words, /No\. 1 The customer has written since you chose the conversation\./);
      assert.match(words, /The conversation was already resolved\./);
      assert.match(words, /There is no such conversation\./);
      assert.deepEqual(await statuses(), ['resolved', 'open', 'resolved']);
    });

    it('leave open what nobody has read: a message committed after the queue was shown, and ids without what was seen', async () => {
      const { workspace, ids, boxes, statuses, cairnloop, database } = await several();
      const client = new pg.Client(database.url);
      await client.connect();
      try {
        await client.query('BEGIN');
        await cairnloop.within(client).conversations.receive(ids[1] ?? '', { content: 'Wait, stop!' });
        const ticked = await boxes();
        await client.query('COMMIT');
        const { text } = await workspace.post('/bulk/resolve', { id: ticked });
        assert.match(textOf(text), /Resolved 2 of 3 conversations[\s\S]*No\. 1 The customer has written since/);
      } finally {
        await client.end();
      }
      assert.deepEqual(await statuses(), ['resolved', 'open', 'resolved']);
      const bare = await workspace.post('/bulk/resolve', { id: [ids[1] ?? ''] });
      assert.match(textOf(bare.text), /Resolved 0 of 1 conversation /);
      const asked = await workspace.get(`/bulk/resolve?id=${encodeURIComponent((await boxes())[1] ?? '')}`);
      const [, carried = ''] = /type="hidden" name="id" value="([^"]+)"/.exec(asked.text) ?? [];
      assert.match(textOf((await workspace.post('/bulk/resolve', { id: [carried] })).text), /Resolved 1 of 1/);
    });

    it('leave open, when its time has come, what the customer wrote to meanwhile', async () => {
      const { workspace, ids, boxes, statuses, advance, conversations, cairnloop } = await several(2, {
        takeBackSeconds: 60,
      });
      await workspace.post('/bulk/resolve', { id: await boxes(), later: '1' });
      await conversations.receive(ids[0] ?? '', { content: 'One more thing' });
      await cairnloop.worker.start();
      await advance(62_000);
      await eventually(async () => assert.deepEqual(await statuses(), ['open', 'resolved']));
    });

    it('tag, assign and snooze the chosen conversations', async () => {
      const { workspace, ids, conversations } = await several(2);
      for (const [kind, fields] of [
        ['tag', { tags: 'vip, late' }],
        ['assign', { to: operator.id }],
        ['snooze', { span: '86400' }],
      ] as const)
        assert.match(textOf((await workspace.post(`/bulk/${kind}`, { id: ids, ...fields })).text), /2 of 2/, kind);
      for (const id of ids) {
        const { tags, assignee, snoozedUntil } = await conversations.get(id);
        assert.deepEqual([tags.slice(-2), assignee, snoozedUntil !== null], [['vip', 'late'], operator, true]);
      }
    });

    it('change nothing for an incomplete form or without a choice', async () => {
      const { workspace, ids, conversations } = await several(2);
      for (const [kind, fields] of [
        ['tag', { tags: ' ,' }],
        ['assign', { to: 'somebody' }],
        ['snooze', { span: 'never' }],
      ] as const)
        assert.equal((await workspace.post(`/bulk/${kind}`, { id: ids, ...fields })).status, 422, kind);
      assert.equal((await workspace.post('/bulk/resolve', {})).status, 303);
      for (const id of ids) assert.equal((await conversations.get(id)).snoozedUntil, null);
    });
  });

  it('the start page shows what waits, and a summary of the last day', async () => {
    const { workspace, id, conversations } = await openThread();
    await conversations.reply(id, { content: 'Done', actor: operator });
    const words = textOf((await workspace.get('/')).text);
    assert.match(words, /0 Waiting for a reply 0 Breached/);
    assert.match(words, /Messages of customers 1 Replies 1 Replies by you 1 Conversations resolved 0/);
    assert.match(textOf((await workspace.get('/', grace)).text), /Replies by you 0/);
  });
});
