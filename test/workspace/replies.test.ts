import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { err } from '../../src/contracts/result.js';
import { minute } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe('the delivery of replies in the workspace', () => {
  const openPage = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start({ maxAttempts = 20, replies = true, worker = true } = {}) {
    const provider = { full: true };
    const { notifier } = recordingNotifier(() => (provider.full ? err('mailbox <b>full') : undefined), { replies });
    const host = await startHost({ notifier, worker: { maxAttempts } }, { worker });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'First', message: 'Hello' });
    const workspace = await serve(host);
    const thread = async () => textOf((await workspace.get(`/c/${id}`)).text);
    const shows = (words: RegExp) => eventually(async () => assert.match(await thread(), words));
    const reply = async (content: string) => {
      const answer = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content });
      assert.match(answer.headers.get('location') ?? '', /done=reply/);
    };
    const deliveryOf = async (at: number) => (await host.deliveries('reply'))[at]?.id ?? '';
    return { ...host, id, workspace, provider, thread, shows, reply, deliveryOf };
  }

  it('LP2 a reply is shown as pending, with its attempts and reason, then as sent', async () => {
    const { provider, reply, shows, stopClock, advance, thread } = await start();
    await stopClock();
    await reply('On its way.');
    await shows(/On its way\. Pending · attempt 1 of 20, next try at .* : mailbox <b>full Retry Discard/);
    await reply('It left.');
    await shows(/It left\. Pending · waits for the reply before it/);
    provider.full = false;
    await advance(minute);
    await shows(/On its way\. Sent .*It left\. Sent /);
    assert.doesNotMatch(await thread(), /Pending|mailbox/);
  });

  it('LP2 a failed reply says why, and is retried from the thread', async () => {
    const { provider, reply, shows, workspace, deliveryOf, id } = await start({ maxAttempts: 1 });
    await reply('On its way.');
    await shows(/On its way\. Failed after 1 attempt: mailbox <b>full Retry/);
    provider.full = false;
    const answer = await workspace.post(`/deliveries/${await deliveryOf(0)}/retry`, { back: `/c/${id}` });
    assert.match(answer.headers.get('location') ?? '', new RegExp(`/c/${id}.*done=retried`));
    await shows(/On its way\. Sent/);
  });

  it('LP2 a pending reply is discarded from the thread, and the next one is delivered', async () => {
    const { provider, reply, shows, workspace, deliveryOf, stopClock, id, deliveries } = await start();
    await stopClock();
    await reply('On its way.');
    await shows(/Pending · attempt 1 of 20/);
    await reply('It left.');
    // A claim that is putting it off would have it locked, and it would follow within the minute only.
    await eventually(async () => {
      const [, held] = await deliveries('reply');
      assert.ok(held && held.availableAt > held.createdAt);
    });
    provider.full = false;
    await workspace.post(`/deliveries/${await deliveryOf(0)}/discard`, { back: `/c/${id}` });
    await shows(/On its way\. Failed after 1 attempt: discarded by hand; it had failed with: mailbox <b>full Retry/);
    await shows(/It left\. Sent/);
  });

  it('LP2 the deliveries page lists replies, and retries and discards them', async () => {
    const { reply, shows, workspace, deliveryOf } = await start({ maxAttempts: 1 });
    await reply('On its way.');
    await shows(/Failed after 1 attempt/);
    const page = textOf((await workspace.get('/deliveries?state=discarded')).text);
    assert.match(page, /Reply First 1 of 1 .*mailbox <b>full Retry/);
    const retried = await workspace.post(`/deliveries/${await deliveryOf(0)}/retry`, { back: '/deliveries' });
    assert.equal(retried.status, 303);
    await eventually(async () => assert.match(textOf((await workspace.get('/audit')).text), /Reply failed/));
  });

  it('LP2 without onReply a reply shows no state', async () => {
    const { reply, thread } = await start({ replies: false });
    await reply('On its way.');
    assert.doesNotMatch(await thread(), /Pending|Sent \d|waits for the worker/);
  });

  it('LP2 before a worker claims it, a reply is shown as waiting for the worker', async () => {
    const { reply, thread } = await start({ worker: false });
    await reply('On its way.');
    assert.match(await thread(), /On its way\. Pending · waits for the worker/);
  });

  it('LP1 a page whose process has no notifier writes follow-ups for the workers that have one', async () => {
    const { database, id, provider, cairnloop } = await start();
    provider.full = false;
    const web = await serve(await startHost({}, { database, worker: false }));
    assert.doesNotMatch(textOf((await web.get(`/c/${id}`)).text), /needs a notifier/);
    const written = await web.post(`/c/${id}/compose`, { mode: 'follow-up', content: 'Still there?' });
    assert.match(written.headers.get('location') ?? '', /done=follow-up/);
    assert.equal((await web.post('/bulk/preview', { id: [id], content: 'News' })).status, 200);
    await eventually(async () => {
      const { messages = [] } = await cairnloop.conversations.get(id);
      assert.equal(messages.find(({ role }) => role === 'outbound')?.status, 'sent');
    });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`LP2 has no axe violation in ${colorScheme}, with replies in every state`, async () => {
      const { workspace, cairnloop, database, id, stopClock } = await start({ worker: false });
      await stopClock();
      for (const content of ['sent', 'failed', 'pending', 'held back'])
        await cairnloop.conversations.reply(id, { content, actor: operator });
      await cairnloop.drafts.propose(id, { type: 'reply', content: 'Prepared' });
      await database.query(`
        UPDATE cairnloop.messages SET status = content, sent_at = now() WHERE content IN ('sent', 'failed');
        UPDATE cairnloop.deliveries d SET attempts = 3, last_error = 'mailbox full',
          state = CASE m.content WHEN 'sent' THEN 'done' WHEN 'failed' THEN 'discarded' ELSE 'pending' END,
          settled_at = CASE WHEN m.content IN ('sent', 'failed') THEN now() END
        FROM cairnloop.messages m WHERE m.id = d.subject_id AND m.content <> 'held back';
        INSERT INTO cairnloop.messages (conversation_id, role, content, status, sent_at, created_at)
        SELECT '${id}', 'automation', 'by the policy', 'sent', now(), now()`);
      const page = await openPage(workspace, `/c/${id}`, { colorScheme, bypassCSP: true });
      assert.equal(await page.locator('.outbound').count(), 5);
      await page.addScriptTag({ path: axe });
      const found = await page.evaluate<string[]>(
        `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html)))`,
      );
      assert.deepEqual(found, []);
    });
  }

  it('LP2 an open page shows without a reload that the reply was sent', async () => {
    const { workspace, provider, id, cairnloop } = await start();
    provider.full = false;
    const page = await openPage(workspace, `/c/${id}`);
    await cairnloop.conversations.reply(id, { content: 'On its way.', actor: operator });
    await page.locator('.message-operator .outbound-sent').getByText('Sent').waitFor();
  });
});
