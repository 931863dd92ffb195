import { strict as assert } from 'node:assert';
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
    await page.locator('#notice').getByText('This draft was dealt with meanwhile.').waitFor();
    assert.equal(await message.inputValue(), 'Half a sent');
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
