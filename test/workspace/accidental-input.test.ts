import { strict as assert } from 'node:assert';
import type { BrowserContextOptions } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('accidental input', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openTwo(path: (id: string) => string, options: BrowserContextOptions = {}) {
    const host = await startHost({}, { worker: false });
    const { cairnloop } = host;
    const other = await cairnloop.conversations.open({ actorId: 'c-2', subject: 'Other', message: 'Me too' });
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const workspace = await serve(host);
    const page = await open(workspace, path(id), options);
    const status = async (of: string) => (await cairnloop.conversations.get(of)).status;
    return { ...host, workspace, page, id, other: other.id, status };
  }

  it('"e" or "a" does nothing to the open conversation while another line is marked', async () => {
    const { page, cairnloop, id, other, status } = await openTwo((id) => `/c/${id}`);
    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Soon' });
    await page.getByRole('button', { name: 'Approve & send' }).waitFor();
    const marked = page.locator(`.row[data-id="${other}"] .row-link`);
    await marked.focus();
    await page.waitForTimeout(1000);
    await page.keyboard.press('e');
    await page.locator('#notice').getByText('Open the conversation first.').waitFor();
    await page.keyboard.press('a');
    await page.locator(`.row[data-id="${id}"] .row-link`).focus();
    assert.equal(await status(id), 'open');
    assert.equal((await cairnloop.conversations.get(id)).messages?.length, 1);
    await page.waitForTimeout(1000);
    await page.keyboard.press('e');
    await page.waitForTimeout(1000);
    await page.keyboard.press('Enter');
    await page.locator('#notice').getByText('Conversation resolved.').waitFor();
    assert.equal(await status(other), 'open');
  });

  const narrow = { viewport: { width: 768, height: 800 } };
  for (const javaScriptEnabled of [true, false]) {
    it(`a click beside the drawer only closes it, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const { page, id, status } = await openTwo((id) => `/c/${id}`, { ...narrow, javaScriptEnabled });
      const resolve = await page.getByRole('button', { name: 'Resolve' }).boundingBox();
      await page.getByRole('link', { name: 'Show customer and record' }).click();
      await page.locator('.rail:target').waitFor();
      // The drawer covers the button; the row of the queue beside it is dimmed.
      assert.ok(resolve && resolve.x > 400);
      await page.mouse.click(100, 300);
      await page.locator('.rail').waitFor({ state: 'hidden' });
      assert.match(page.url(), new RegExp(`/c/${id}#main$`));
      assert.equal(await status(id), 'open');
    });
  }

  it('Tab and keys do not reach elements below the drawer', async () => {
    const { page, id, status } = await openTwo((id) => `/c/${id}`, narrow);
    await page.getByRole('link', { name: 'Show customer and record' }).click();
    await page.locator('.rail-close:focus').waitFor();
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.locator(':is(.topbar, .queue, #main) :focus').count(), 0);
    }
    await page.keyboard.press('e');
    await page.keyboard.press('Escape');
    await page.locator('.rail').waitFor({ state: 'hidden' });
    await page.locator('.rail-open:focus').waitFor();
    assert.equal(await status(id), 'open');
  });

  it('a bulk message needs recipients, and ticks stay while the queue changes', async () => {
    const { page, cairnloop } = await openTwo((id) => `/c/${id}?select=1`);
    const send = page.locator('#bulk').getByRole('button', { name: 'Send follow-up' });
    assert.ok(await send.isDisabled());
    await page.getByRole('checkbox', { name: 'Select Other' }).check();
    assert.ok(await send.isEnabled());
    await page.getByRole('textbox', { name: 'Message' }).fill('An answer');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.locator('#notice').getByText('Reply sent.').waitFor();
    await cairnloop.conversations.open({ actorId: 'c-3', subject: 'Newer', message: 'And I' });
    await page.getByRole('button', { name: 'New activity' }).click();
    await page.locator('.row', { hasText: 'Newer' }).waitFor();
    assert.ok(await page.getByRole('checkbox', { name: 'Select Other' }).isChecked());
    await page.getByText('1 selected').waitFor();
    await page.locator('#bulk').getByRole('button', { name: 'Clear' }).click();
    await eventually(async () => assert.ok(await send.isDisabled()));
  });

  it('a request whose response was lost is reported as possibly received', async () => {
    const { page, id, cairnloop } = await openTwo((id) => `/c/${id}`);
    await page.route('**/compose', async (route) => {
      await route.fetch({ maxRedirects: 0 });
      await route.abort('connectionreset');
    });
    await page.getByRole('textbox', { name: 'Message' }).fill('Only once');
    await page.getByRole('button', { name: 'Send reply' }).click();
    const notice = page.locator('#notice .notice-error');
    await notice.getByText(/The action may still have been carried out: reload to see/).waitFor();
    assert.equal(await notice.locator('svg').count(), 1);
    assert.equal((await cairnloop.conversations.get(id)).messages?.filter(({ role }) => role === 'operator').length, 1);
  });

  it('a notice of an earlier action disappears on typing or after a while', async () => {
    const { page, cairnloop, id } = await openTwo((id) => `/c/${id}`);
    const done = page.locator('.notice-done');
    const message = page.getByRole('textbox', { name: 'Message' });
    const reply = async () => {
      await message.fill('An answer');
      await page.getByRole('button', { name: 'Send reply' }).click();
      await page.locator('#notice').getByText('Reply sent.').waitFor();
    };
    await reply();
    await cairnloop.conversations.note(id, { content: 'At once', actor: operator });
    await page.locator('.message', { hasText: 'At once' }).waitFor();
    assert.equal(await done.count(), 1);
    await message.pressSequentially('N');
    assert.equal(await done.count(), 0);
    await message.fill('');
    // Until what has arrived can have been read.
    await page.waitForTimeout(2500);
    await reply();
    await page.evaluate('{ const now = Date.now; Date.now = () => now() + 10_000; }');
    await cairnloop.conversations.note(id, { content: 'Later', actor: operator });
    await done.waitFor({ state: 'detached' });
  });
});
