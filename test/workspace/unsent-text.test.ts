import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { hearNothing } from './silence-live-updates.js';
import { usePages } from './use-pages.js';

describe('unsent text', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openDraft(summary: 'pending' | 'prepared') {
    const host = await startHost(
      { automationPolicy: { decide: () => (summary === 'prepared' ? 'draft_only' : 'require_approval') } },
      { worker: false },
    );
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const draft = await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Proposed words' });
    const workspace = await serve(host);
    const page = await open(workspace, `/c/${id}?${summary === 'prepared' ? 'use' : 'edit'}=${draft.id}`);
    const version = page.getByRole('textbox', { name: 'Your version' });
    const message = page.getByRole('textbox', { name: 'Message' });
    return { ...host, workspace, id, draft, page, version, message };
  }

  it('in a draft stays over a reload and a visit elsewhere, until it is sent', async () => {
    const { page, workspace, version, cairnloop, id } = await openDraft('pending');
    await version.fill('My own words');
    await page.goto(workspace.url('/audit'));
    await page.goBack();
    await page.reload();
    assert.equal(await version.inputValue(), 'My own words');
    await page.locator('#draft-diff ins', { hasText: 'own' }).waitFor();
    await page.getByRole('button', { name: 'Send edited reply' }).click();
    await page.locator('#notice').getByText('Edited reply sent.').waitFor();
    assert.equal((await cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'My own words');
    const kept = await page.evaluate<string[]>('Object.keys(sessionStorage)');
    assert.deepEqual(
      kept.filter((key) => key !== 'cairnloop:queue-place'),
      [],
    );
  });

  it('OA2 belongs to its conversation: another one has an empty composer, and the first one gets its own back', async () => {
    const { page, message, workspace, id, cairnloop } = await openDraft('prepared');
    const other = await cairnloop.conversations.open({ actorId: 'c-2', subject: 'Import', message: 'It fails' });
    const words = async (conversation: string) => {
      await page.goto(workspace.url(`/c/${conversation}`));
      await page.locator('html.scripted').waitFor();
      return message.inputValue();
    };
    assert.equal(await words(id), '');
    await message.fill('For the first one');
    assert.equal(await words(other.id), '');
    await message.fill('For the second one');
    assert.deepEqual([await words(id), await words(other.id)], ['For the first one', 'For the second one']);
  });

  it('OA2 begun as a reply or a follow-up comes back as one after a colleague has resolved, although a note is the default then', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier }, { worker: false });
    const workspace = await serve({ cairnloop });
    for (const mode of ['reply', 'follow-up']) {
      const { id } = await cairnloop.conversations.open({ actorId: 'c-1', subject: mode, message: 'It fails' });
      const page = await open(workspace, `/c/${id}`);
      const chosen = page.locator('#composer input[name="mode"]:checked');
      // A radio button is drawn by its label, which covers it.
      await page.locator(`#composer .mode:has([value="${mode}"])`).click();
      await page.locator('#content').fill('Half of it');
      await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-2', name: 'Grace' } });
      assert.match((await workspace.get(`/c/${id}`)).text, /value="note" checked/);
      await page.reload();
      await page.locator('html.scripted').waitFor();
      assert.equal(await page.locator('#content').inputValue(), 'Half of it');
      assert.equal(await chosen.getAttribute('value'), mode);
    }
  });

  it('in a draft is dropped by Cancel', async () => {
    const { page, version, workspace, id, draft } = await openDraft('pending');
    await version.fill('My own words');
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.goto(workspace.url(`/c/${id}?edit=${draft.id}`));
    assert.equal(await version.inputValue(), 'Proposed words');
  });

  it('in the composer on a prepared draft stays over a reload, together with text written before', async () => {
    const { page, message, workspace, id, draft } = await openDraft('prepared');
    await message.fill('Prepared, and changed');
    await page.reload();
    assert.equal(await message.inputValue(), 'Prepared, and changed');
    await page.goto(workspace.url(`/c/${id}`));
    assert.equal(await message.inputValue(), '');
    await message.fill('Another thought');
    await page.goto(workspace.url(`/c/${id}?use=${draft.id}`));
    assert.equal(await message.inputValue(), 'Prepared, and changed');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.locator('#notice').getByText('Reply sent.').waitFor();
    assert.equal(await message.inputValue(), 'Another thought');
  });

  it('in the composer stays when an action on a draft is refused', async () => {
    const { page, message, workspace, id, draft, cairnloop } = await openDraft('pending');
    await hearNothing(page);
    await page.goto(workspace.url(`/c/${id}`));
    await message.fill('Half a sent');
    await cairnloop.drafts.discard(draft.id, { actor: operator });
    await page.getByRole('button', { name: 'Approve & send' }).click();
    await page.locator('#notice').getByText('This draft was decided on meanwhile.').waitFor();
    assert.equal(await message.inputValue(), 'Half a sent');
  });

  describe('that is typed while a reply is on its way', () => {
    async function send() {
      const opened = await openDraft('pending');
      const { page, workspace, id, message } = opened;
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      await page.route('**/compose', (route) => arrived.then(() => route.fallback()));
      await hearNothing(page);
      await page.goto(workspace.url(`/c/${id}`));
      await message.fill('First.');
      return { ...opened, arrive, told: (text: string) => page.locator('#notice').getByText(text).waitFor() };
    }

    const mode = (page: Page, value: string) => page.locator(`#composer input[name="mode"][value="${value}"]`);

    it('stays, also over a reload, and is not sent along', async () => {
      const { page, message, arrive, told, cairnloop, id } = await send();
      await message.press('Control+Enter');
      await page.keyboard.type('What I forgot');
      arrive();
      await told('Reply sent.');
      assert.equal(await message.inputValue(), 'What I forgot');
      await page.keyboard.type('!');
      assert.equal(await message.inputValue(), 'What I forgot!');
      assert.equal((await cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'First.');
      await page.reload();
      assert.equal(await message.inputValue(), 'What I forgot!');
    });

    it('stays a note if the operator has chosen so meanwhile, also before its first letter', async () => {
      const { page, message, arrive, told } = await send();
      await message.press('Control+Enter');
      await mode(page, 'note').check();
      arrive();
      await told('Reply sent.');
      assert.ok(await mode(page, 'note').isChecked());
      await mode(page, 'reply').check();
      await message.fill('Second.');
      await message.press('Control+Enter');
      await mode(page, 'note').check();
      await message.fill('For Ben');
      await page.locator('.message[data-own]', { hasText: 'Second.' }).waitFor();
      await eventually(async () => assert.equal(await page.locator('.message-sending').count(), 0));
      assert.equal(await message.inputValue(), 'For Ben');
      assert.ok(await mode(page, 'note').isChecked());
    });

    it('follows what was refused', async () => {
      const { page, message, arrive, told, cairnloop, id } = await send();
      await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
      await message.press('Control+Enter');
      await page.keyboard.type(' And more');
      arrive();
      await told('1 new message since you opened this conversation.');
      assert.equal(await message.inputValue(), 'First. And more');
    });

    it('goes on where it was begun: the answer takes the focus away from no other field', async () => {
      const { page, message, arrive, told } = await send();
      await message.press('Control+Enter');
      const search = page.locator('.search input');
      await search.focus();
      await page.keyboard.type('in');
      arrive();
      await told('Reply sent.');
      await page.keyboard.type('voice');
      assert.deepEqual([await search.inputValue(), await message.inputValue()], ['invoice', '']);
    });
  });

  it('stays when the colours are changed, which are remembered', async () => {
    const { page, version } = await openDraft('pending');
    await version.fill('My own words');
    await page.evaluate('{ document.body.dataset.same = "yes"; }');
    await page.getByRole('button', { name: /Colours: follows the system/ }).press('Enter');
    await page.locator('html[data-theme="light"]').waitFor();
    assert.equal(await page.locator('body[data-same]').count(), 1);
    assert.equal(await version.inputValue(), 'My own words');
    await page.locator('.theme-light:focus').press('Enter');
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.reload();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  });
});
