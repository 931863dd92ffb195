import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { hearNothing } from './silence-live-updates.js';
import { usePages } from './use-pages.js';

/** Longer than the rest that acting keys need. */
const rest = (page: Page) => page.waitForTimeout(1000);

describe('working through the queue by keyboard', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start({ takeBackSeconds = 0, count = 4 } = {}) {
    const slaPolicyProvider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 600 });
    const host = await startHost({ slaPolicyProvider }, { worker: false });
    const { cairnloop } = host;
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1)
      ids.push((await cairnloop.conversations.open({ actorId: `c-${n}`, subject: `Subject ${n}`, message: 'Hi' })).id);
    await cairnloop.drafts.propose(ids[0] ?? '', { type: 'reply', content: 'Drafted reply' });
    const workspace = await serve(host, { takeBackSeconds });
    const status = async (index: number) => (await cairnloop.conversations.get(ids[index] ?? '')).status;
    const sent = async (index: number) =>
      ((await cairnloop.conversations.get(ids[index] ?? '')).messages ?? [])
        .filter(({ role }) => role === 'operator')
        .map(({ content }) => content);
    const atIndex = (page: Page) => ids.findIndex((id) => page.url().includes(id));
    return { ...host, ids, workspace, status, sent, atIndex };
  }

  it('sends and resolves in one action, by button and by Ctrl+Shift+Enter', async () => {
    const { ids, workspace, status, sent } = await start();
    for (const [index, way] of [
      [1, 'button'],
      [2, 'key'],
    ] as const) {
      const page = await open(workspace, `/c/${ids[index]}`);
      await page.locator('#content').fill('Done');
      if (way === 'button') await page.getByRole('button', { name: 'Send & close' }).click();
      else await page.locator('#content').press('Control+Shift+Enter');
      await page.locator('#notice').getByText('Conversation resolved.').waitFor();
      assert.deepEqual([await sent(index), await status(index)], [['Done'], 'resolved']);
    }
  });

  it('OA4 sends and resolves in one action, which is taken back as one', async () => {
    const { ids, workspace, status, sent, advance } = await start({ takeBackSeconds: 60 });
    const page = await open(workspace, `/c/${ids[1]}`);
    await page.locator('#content').fill('Done');
    await page.locator('#content').press('Control+Shift+Enter');
    await page.locator('#pending').getByText('then resolves').waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.locator('#notice').getByText('Taken back').waitFor();
    await advance(61_000);
    assert.deepEqual([await sent(1), await status(1)], [[], 'open']);
  });

  it('OA4 opens the next conversation after resolving if that is enabled, and z returns and takes it back', async () => {
    const { ids, workspace, status, atIndex } = await start({ takeBackSeconds: 60 });
    const page = await open(workspace, `/c/${ids[2]}`);
    await page.locator('[data-help]').click();
    await page.getByLabel('After resolving, open the next conversation').check();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await page.locator('#notice').getByText('“Subject 2” is resolved in a moment.').waitFor();
    assert.notEqual(atIndex(page), 2);
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await page.locator('#notice').getByText('Taken back').waitFor();
    assert.equal(atIndex(page), 2);
    assert.equal(await status(2), 'open');
  });

  for (const viewport of [
    { width: 360, height: 640 },
    { width: 640, height: 360 },
    { width: 1280, height: 720 },
  ])
    it(`has its settings one click away, in ${viewport.width}x${viewport.height}`, async () => {
      const { ids, workspace } = await start({ count: 1 });
      const page = await open(workspace, `/c/${ids[0]}`, { viewport });
      const help = page.getByRole('button', { name: 'settings' });
      const bar = await page.locator('.topbar').boundingBox();
      assert.ok(bar && bar.height < 60, 'the bar is one line');
      await help.click();
      await page.getByLabel('After resolving, open the next conversation').check();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.reload();
      await help.click();
      assert.ok(await page.getByLabel('After resolving, open the next conversation').isChecked());
    });

  const rowIds = (page: Page) =>
    page.locator('.row').evaluateAll((all: { dataset: { id: string } }[]) => all.map((row) => row.dataset.id));

  for (const way of ['Resolve', 'Send & close'])
    it(`opens the next conversation after ${way} also where it is resolved at once and leaves the queue`, async () => {
      const { cairnloop, workspace } = await start({ count: 4 });
      const page = await open(workspace, '/');
      const [, second = '', third = ''] = await rowIds(page);
      await page.goto(workspace.url(`/c/${second}`));
      await page.locator('html.scripted').waitFor();
      await page.evaluate("localStorage.setItem('cairnloop:auto-advance', '1')");
      if (way !== 'Resolve') await page.locator('#content').fill('Done');
      await page.getByRole('button', { name: way, exact: true }).click();
      await page.waitForURL(`**/c/${third}`);
      assert.equal((await cairnloop.conversations.get(second)).status, 'resolved');
    });

  it('leads on after Resolve to the page that was fetched in advance, and waits for no other one', async () => {
    const { workspace } = await start({ takeBackSeconds: 60 });
    const page = await open(workspace, '/');
    const [, second = '', third = ''] = await rowIds(page);
    await page.goto(workspace.url(`/c/${second}`));
    await page.locator('html.scripted').waitFor();
    await page.evaluate("localStorage.setItem('cairnloop:auto-advance', '1')");
    await page.waitForTimeout(3000);
    const answer = page.waitForResponse('**/resolve');
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    assert.equal((await answer).status(), 204);
    await page.waitForURL(`**/c/${third}`);
    const how = await page.evaluate('performance.getEntriesByType("navigation")[0].deliveryType');
    assert.equal(how, 'navigational-prefetch');
    await page.locator('#notice').getByText('is resolved in a moment.').waitFor();
  });

  it('a resolution that is refused leads nowhere', async () => {
    const { workspace, status, atIndex, ids, cairnloop } = await start();
    const page = await open(workspace, '/');
    const [, second = ''] = await rowIds(page);
    await hearNothing(page);
    await page.goto(workspace.url(`/c/${second}`));
    await page.locator('html.scripted').waitFor();
    await page.evaluate("localStorage.setItem('cairnloop:auto-advance', '1')");
    await page.locator('#content').fill('Done');
    await cairnloop.conversations.receive(second, { content: 'Wait, stop!' });
    await page.getByRole('button', { name: 'Send & close' }).click();
    await page.locator('#notice').getByText('1 new message since you opened this conversation.').waitFor();
    assert.equal(ids[atIndex(page)], second);
    assert.deepEqual(
      [await status(ids.indexOf(second)), await page.locator('#content').inputValue()],
      ['open', 'Done'],
    );
  });

  it('j skips no line where a page that was fetched in advance still shows some that have left', async () => {
    const { cairnloop, workspace } = await start({ count: 6 });
    const page = await open(workspace, '/');
    const rows = await rowIds(page);
    const until = new Date(Date.now() + 3_600_000);
    await page.goto(workspace.url(`/c/${rows[0]}`));
    // The next page is fetched meanwhile, with this line in its queue.
    await page.waitForTimeout(1000);
    for (const index of [0, 1]) {
      await cairnloop.conversations.snooze(rows[index] ?? '', { until, actor: operator });
      if (index === 1) await page.reload();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/c/${rows[index + 1]}`);
      await page.locator('html.scripted').waitFor();
    }
  });

  it('w edits the draft, d discards it after a question, p shows how to pause, f is the next filter', async () => {
    const { cairnloop, ids, workspace } = await start();
    const page = await open(workspace, `/c/${ids[0]}`);
    const draft = async () => (await cairnloop.drafts.listForConversation(ids[0] ?? ''))[0]?.status;
    await rest(page);
    await page.keyboard.press('p');
    await page.locator('summary[data-key="p"]:focus').waitFor();
    await rest(page);
    await page.keyboard.press('d');
    await page.locator('#notice').getByText('Discard?').waitFor();
    assert.equal(await draft(), 'pending');
    await page.keyboard.press('x');
    await page.waitForTimeout(3500);
    await page.keyboard.press('w');
    await page.locator('#content:focus').waitFor();
    assert.equal(await page.locator('#content').inputValue(), 'Drafted reply');
    await page.goto(workspace.url(`/c/${ids[0]}`));
    await page.waitForTimeout(1500);
    await page.keyboard.press('d');
    await rest(page);
    await page.keyboard.press('Enter');
    await page.locator('#notice').getByText('Draft discarded.').waitFor();
    assert.equal(await draft(), 'discarded');
    await rest(page);
    await page.keyboard.press('f');
    await page.waitForURL('**/support/?filter=needs-reply');
  });

  it('j continues at its position, also if that conversation has left the queue', async () => {
    const { cairnloop, ids, workspace } = await start({ count: 5 });
    const page = await open(workspace, '/');
    const focused = () => page.evaluate('document.activeElement.closest(".row")?.dataset.id');
    const rows = await page
      .locator('.row')
      .evaluateAll((all: { dataset: { id: string } }[]) => all.map((row) => row.dataset.id));
    for (let n = 0; n < 2; n += 1) await page.keyboard.press('j');
    assert.equal(await focused(), rows[1]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    assert.equal(await focused(), rows[2]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/c/${rows[2]}`);
    await cairnloop.conversations.resolve(rows[2] ?? '', { resolvedBy: operator });
    await page.reload();
    await page.keyboard.press('j');
    assert.equal(await focused(), rows[3]);
    assert.equal(ids.length, 5);
  });

  it('the conversations next to the open one are prefetched, and later changes are still shown', async () => {
    const { cairnloop, ids, workspace, atIndex } = await start();
    const page = await open(workspace, `/c/${ids[1]}`);
    await page.waitForTimeout(3000);
    for (const id of ids) await cairnloop.conversations.receive(id, { content: 'Newer than the page' });
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await eventually(() => assert.notEqual(atIndex(page), 1));
    await page.locator('.message', { hasText: 'Newer than the page' }).waitFor();
    const how = await page.evaluate('performance.getEntriesByType("navigation")[0].deliveryType');
    assert.equal(how, 'navigational-prefetch');
  });

  it('the title says how many customers wait, and is kept up to date', async () => {
    const { cairnloop, ids, workspace } = await start();
    const page = await open(workspace, `/c/${ids[0]}`);
    await eventually(async () => assert.equal(await page.title(), '(4) Subject 0 · Support'));
    await cairnloop.conversations.reply(ids[3] ?? '', { content: 'Hello', actor: operator });
    await eventually(async () => assert.equal(await page.title(), '(3) Subject 0 · Support'));
  });
});
