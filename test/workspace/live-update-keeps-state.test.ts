import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('a live update keeps', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread() {
    const host = await startHost(
      {
        automationPolicy: { decide: ({ summary }) => (summary === 'prepared' ? 'draft_only' : 'require_approval') },
      },
      { worker: false },
    );
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Live', message: 'Hello there' });
    const workspace = await serve(host);
    const propose = (content: string, summary = 'why') =>
      host.cairnloop.drafts.propose(id, { type: 'reply', content, summary, evidence: [{ source: 'Handbook' }] });
    return { ...host, id, workspace, propose, show: (query = '') => open(workspace, `/c/${id}${query}`) };
  }

  const focused = (page: Page) =>
    page.evaluate<string>("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()");

  it('the focus on a button, also if another takes its position', async () => {
    const { cairnloop, id, propose, show } = await openThread();
    await propose('Soon');
    const page = await show();
    await page.getByRole('button', { name: 'Approve & send' }).focus();
    await propose('Prepared', 'prepared');
    await page.getByText('Prepared drafts (1)').waitFor();
    assert.equal(await focused(page), 'Approve & send');
    await page.getByRole('button', { name: 'Resolve' }).focus();
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    assert.equal(await focused(page), 'Reopen');
  });

  it('no focus on another draft’s button: if the focused one is gone, Tab continues from the content', async () => {
    const { cairnloop, propose, show } = await openThread();
    const draft = await propose('First words');
    const page = await show();
    await page.getByRole('button', { name: 'Approve & send' }).focus();
    await cairnloop.drafts.discard(draft.id, { actor: operator });
    await page.getByText('First words').waitFor({ state: 'detached' });
    await propose('Second words');
    await page.getByText('Second words').waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  });

  it('which parts are unfolded, also if another fold is added before them', async () => {
    const { propose, show } = await openThread();
    await propose('Prepared', 'prepared');
    const page = await show();
    await page.getByText('Prepared drafts (1)').click();
    await propose('Soon');
    await page.getByRole('button', { name: 'Approve & send' }).waitFor();
    const unfolded = await page.locator('#drafts details[open]').evaluateAll((all) => all.map((one) => one.className));
    assert.deepEqual(unfolded, ['prepared']);
  });

  it('unchanged messages, with a selection in them', async () => {
    const { cairnloop, id, show } = await openThread();
    const page = await show();
    await page.evaluate(`{
      const text = document.querySelector('.message .prose').firstChild;
      getSelection().setBaseAndExtent(text, 0, text, 5);
    }`);
    await cairnloop.conversations.receive(id, { content: 'Interrupting' });
    await page.locator('.message', { hasText: 'Interrupting' }).waitFor();
    assert.equal(await page.evaluate('getSelection().toString()'), 'Hello');
    assert.deepEqual(await page.locator('.message .prose').allTextContents(), ['Hello there', 'Interrupting']);
  });

  it('OA3 what was seen: a message below the fold holds back Resolve and a draft that came after it', async () => {
    const { cairnloop, id, propose, show } = await openThread();
    const { get, receive, reply } = cairnloop.conversations;
    for (let n = 0; n < 30; n += 1) await reply(id, { content: `Answer ${n}`, actor: operator });
    const page = await show();
    const status = async () => (await get(id)).status;
    const readsOlder = async () => {
      await page.locator('#scroll').hover();
      await page.mouse.wheel(0, -900);
      await eventually(async () =>
        assert.ok(await page.evaluate<boolean>("document.getElementById('scroll').scrollTop < -300")),
      );
    };
    const notice = page.locator('#notice');
    await readsOlder();
    await receive(id, { content: 'Wait, stop!' });
    await page.locator('#jump', { hasText: '1 new message' }).waitFor();
    await page.getByRole('button', { name: 'Resolve' }).click();
    await notice.getByText('1 new message').waitFor();
    assert.equal(await status(), 'open');
    await readsOlder();
    await receive(id, { content: 'It is not what I asked for' });
    await page.locator('#jump', { hasText: '1 new message' }).waitFor();
    await propose('Soon');
    await page.getByRole('button', { name: 'Approve & send' }).waitFor();
    await page.waitForTimeout(1700);
    await page.getByRole('button', { name: 'Approve & send' }).click();
    await notice.getByText('1 new message').waitFor();
    assert.equal((await get(id)).messages?.filter(({ role }) => role === 'operator').length, 30);
    await page.waitForTimeout(2500);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await eventually(async () => assert.equal(await status(), 'resolved'));
  });

  it('older messages on screen that the new page does not include', async () => {
    const { cairnloop, id, show } = await openThread();
    for (let n = 0; n < 50; n += 1) await cairnloop.conversations.note(id, { content: `note ${n}`, actor: operator });
    const page = await show();
    const earlier = await page.getByRole('link', { name: 'Earlier messages' }).getAttribute('href');
    await cairnloop.conversations.receive(id, { content: 'One more' });
    await page.locator('.message', { hasText: 'One more' }).waitFor();
    assert.equal(await page.locator('.message').count(), 51);
    assert.equal(await page.locator('.message .prose').first().textContent(), 'note 0');
    assert.equal(await page.getByRole('link', { name: 'Earlier messages' }).getAttribute('href'), earlier);
    await eventually(async () => assert.equal(await page.locator('.message .prose').last().textContent(), 'One more'));
  });
});
