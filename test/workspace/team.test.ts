import { strict as assert } from 'node:assert';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

const grace = { 'x-test-operator': 'Grace' };

/** Everything here goes by plain forms: a page without a script can do all of it. */
describe('a team in the workspace', () => {
  const serve = useWorkspaces();
  const { startHost } = useHosts();

  async function openThread() {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails', tags: ['old'] });
    const workspace = await serve(host);
    const now = () => conversations.get(id);
    const messages = async () => (await now()).messages?.map(({ role }) => role);
    return { ...host, conversations, id, workspace, now, messages };
  }

  describe('of an owner', () => {
    it('takes a conversation, gives it to a colleague who was here, and leaves it to nobody', async () => {
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

    it('says who has taken it meanwhile, and changes nothing', async () => {
      const { workspace, id, now } = await openThread();
      await workspace.post(`/c/${id}/assign`, { to: 'Grace', was: '' }, grace);
      const refused = await workspace.post(`/c/${id}/assign`, { to: operator.id, was: '' });
      assert.equal(refused.status, 409);
      assert.match(
        textOf(refused.text),
        /Somebody else has it by now\. Grace took it meanwhile, and nothing was changed/,
      );
      assert.equal((await now()).assignee?.id, 'Grace');
      assert.equal((await workspace.post(`/c/${id}/assign`, { to: operator.id, was: 'Grace' })).status, 303);
    });

    it('is somebody from the list, never an id that somebody made up', async () => {
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

  describe('that sorts its work', () => {
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

  describe('that acts on several at once', () => {
    async function several(count = 3) {
      const opened = await openThread();
      const others = [];
      for (let made = 1; made < count; made += 1)
        others.push((await opened.conversations.open({ subject: `No. ${made}`, message: 'Hello' })).id);
      const ids = [opened.id, ...others];
      const statuses = () => Promise.all(ids.map(async (id) => (await opened.conversations.get(id)).status));
      return { ...opened, ids, statuses };
    }

    it('says to how many and to which before anything is done', async () => {
      const { workspace, ids, statuses } = await several();
      const page = await workspace.get(`/bulk/resolve?${ids.map((id) => `id=${id}`).join('&')}`);
      assert.match(textOf(page.text), /Resolve 3 conversations\?/);
      assert.match(textOf(page.text), /Export[\s\S]*No\. 1[\s\S]*No\. 2/);
      assert.deepEqual(await statuses(), ['open', 'open', 'open']);
    });

    it('resolves what was chosen, and lists those that it could not', async () => {
      const { workspace, ids, statuses, conversations } = await several();
      const at = new Date().toISOString();
      await conversations.receive(ids[1] ?? '', { content: 'Wait, stop!' });
      await conversations.resolve(ids[2] ?? '', { resolvedBy: operator });
      const missing = '01a00000-0000-7000-8000-000000000000';
      const { status, text } = await workspace.post('/bulk/resolve', { id: [...ids, missing], at });
      assert.equal(status, 200);
      const words = textOf(text);
      assert.match(words, /Resolved 1 of 4 conversations 3 conversations stayed as they were/);
      assert.match(words, /No\. 1 The customer has written since you chose it\./);
      assert.match(words, /It was resolved already\./);
      assert.match(words, /There is no such conversation\./);
      assert.deepEqual(await statuses(), ['resolved', 'open', 'resolved']);
    });

    it('tags, assigns and snoozes what was chosen', async () => {
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

    it('changes nothing for a form that lacks what it needs, and none is chosen by accident', async () => {
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

  it('starts its day with what waits, and with what the last day has brought', async () => {
    const { workspace, id, conversations } = await openThread();
    await conversations.reply(id, { content: 'Done', actor: operator });
    const words = textOf((await workspace.get('/')).text);
    assert.match(words, /0 Waiting for a reply 0 Breached/);
    assert.match(words, /Messages of customers 1 Replies 1 Of them yours 1 Conversations resolved 0/);
    assert.match(textOf((await workspace.get('/', grace)).text), /Of them yours 0/);
  });
});
