import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
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

  it('sends and resolves in one, by button and by Ctrl+Shift+Enter', async () => {
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

  it('OA4 goes on to the next conversation after resolving where that is chosen, and z leads back and takes it back', async () => {
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

  it('w edits the draft, d discards it once that was confirmed, p shows how to pause, f is the next filter', async () => {
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
    await page.keyboard.press('Enter');
    await page.locator('#notice').getByText('Draft discarded.').waitFor();
    assert.equal(await draft(), 'discarded');
    await rest(page);
    await page.keyboard.press('f');
    await page.waitForURL('**/support/?filter=needs-reply');
  });

  it('j goes on where it was, also when that conversation has left the queue', async () => {
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

  it('the conversations beside the open one are fetched in advance, and what has changed since is shown all the same', async () => {
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

  it('the title says how many customers wait, and follows them', async () => {
    const { cairnloop, ids, workspace } = await start();
    const page = await open(workspace, `/c/${ids[0]}`);
    await eventually(async () => assert.equal(await page.title(), '(4) Subject 0 · Support'));
    await cairnloop.conversations.reply(ids[3] ?? '', { content: 'Hello', actor: operator });
    await eventually(async () => assert.equal(await page.title(), '(3) Subject 0 · Support'));
  });
});
