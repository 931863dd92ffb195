import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { type StartedHost, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';

const run = promisify(execFile);
const entry = new URL('../../src/instance/cairnloop.ts', import.meta.url).href;

/** A customer writes through a process of its own: nothing of it is shared with ours but the database. */
async function receiveElsewhere({ database }: StartedHost, id: string, content: string): Promise<void> {
  const script = `
    const { createCairnloop } = await import(${JSON.stringify(entry)});
    const cairnloop = await createCairnloop({ database: { url: process.env.TEST_URL }, log: { level: 'silent' } });
    await cairnloop.conversations.receive(${JSON.stringify(id)}, { content: ${JSON.stringify(content)} });
    await cairnloop.close();`;
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    env: { ...process.env, TEST_URL: database.url },
  });
}

describe('an open page', () => {
  // Before their host: a page that looks for news while its database goes would complain.
  const opened: WatchedPage[] = [];
  afterEach(async () => {
    for (const { context, complaints } of opened.splice(0)) {
      await context.close();
      assert.deepEqual(complaints, []);
    }
  });
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread(prepare: (page: Page) => Promise<unknown> = async () => {}) {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Live', message: 'Hello' });
    const workspace = await serve(host);
    const watched = await openPage(workspace.origin);
    opened.push(watched);
    await prepare(watched.page);
    await watched.page.goto(workspace.url(`/c/${id}`));
    await watched.page.locator('html.scripted').waitFor();
    return { ...host, host, id, workspace, page: watched.page };
  }

  /** Leaves the page its stream and takes its polling away. */
  const withoutPolling = (page: Page) => page.addInitScript('window.setInterval = () => 0');

  it('shows a message that another process received, notified by the stream only', async () => {
    const { host, id, page } = await openThread(withoutPolling);
    await receiveElsewhere(host, id, 'From another process');
    await page.locator('.message', { hasText: 'From another process' }).waitFor();
    assert.match((await page.locator('#announcer').textContent()) ?? '', /New message from c-1/);
  });

  it('offers new activity in the queue instead of moving its lines', async () => {
    const { cairnloop, page } = await openThread(withoutPolling);
    await cairnloop.conversations.open({ actorId: 'c-2', subject: 'Newer', message: 'Me too' });
    await page.getByRole('button', { name: 'New activity' }).waitFor();
    assert.equal(await page.locator('.row', { hasText: 'Newer' }).count(), 0);
    await page.getByRole('button', { name: 'New activity' }).click();
    await page.locator('.row', { hasText: 'Newer' }).waitFor();
  });

  it('keeps unsent text and its mode while it updates', async () => {
    const { cairnloop, id, page } = await openThread(withoutPolling);
    await page.getByText('Internal note', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('Half a sent');
    await cairnloop.conversations.receive(id, { content: 'Interrupting' });
    await page.locator('.message', { hasText: 'Interrupting' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Message' }).inputValue(), 'Half a sent');
    assert.ok(await page.locator('input[value="note"]').isChecked());
  });

  it('keeps unsent text over a reload, and drops it once it was sent', async () => {
    const { page } = await openThread();
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('Not yet sent');
    await page.reload();
    assert.equal(await field.inputValue(), 'Not yet sent');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.locator('#notice').getByText('Reply sent.').waitFor();
    await page.reload();
    assert.equal(await field.inputValue(), '');
  });

  it('updates when others resolve the conversation: a reply is no longer offered', async () => {
    const { cairnloop, id, page } = await openThread(withoutPolling);
    await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-2', name: 'Grace' } });
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    await page.getByText('Conversation resolved').first().waitFor();
    assert.ok(await page.locator('input[value="reply"]').isDisabled());
    assert.ok(await page.locator('input[value="reply"]').isChecked(), 'the mode never changes by itself');
  });

  it('polls without a stream, and reconnects it', async () => {
    let refused = 0;
    const { cairnloop, id, page } = await openThread(async (page) => {
      await page.clock.install();
      await page.route(/\/live(?:\?|$)/, (route) => {
        refused += 1;
        return route.fulfill({ status: 204 });
      });
    });
    await cairnloop.conversations.receive(id, { content: 'Found by polling' });
    await eventually(async () => {
      await page.clock.fastForward(21_000);
      assert.equal(await page.locator('.message', { hasText: 'Found by polling' }).count(), 1);
      assert.ok(refused >= 2, 'not asked for a second time yet');
    });
  });

  it('holds one listening connection per process, for any number of open pages', async () => {
    const { database, workspace, page, context } = { ...(await openThread()), context: opened[0]?.context };
    await eventually(async () => assert.equal(await listeners(database), 1));
    for (let more = 0; more < 3; more += 1) {
      const another = await context?.newPage();
      await another?.goto(workspace.url('/'));
    }
    await page.bringToFront();
    assert.equal(await listeners(database), 1);
  });

  async function listeners(database: StartedHost['database']): Promise<number> {
    const { rows } = await database.query(
      `select from pg_stat_activity where datname = current_database() and query like 'LISTEN "cairnloop_activity%'
         or datname = current_database() and query = 'SELECT 1' and application_name = 'cairnloop'`,
    );
    return rows.length;
  }

  it('receives ids only, and its stream ends with the workspace', async () => {
    const host = await startHost({}, { worker: false });
    const { cairnloop } = host;
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1' });
    const workspace = await serve(host);
    const response = await fetch(workspace.url('/live'));
    // Of what happened before it listened, it says nothing but that something changed.
    await eventually(async () => assert.equal(await listeners(host.database), 1));
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    await cairnloop.conversations.receive(id, { content: 'Secret words' });
    while (!told.includes(id)) told += (await reader?.read())?.value ?? '';
    assert.match(told, new RegExp(`event: changed\ndata: (?:[0-9a-f-]{36},)*${id}`));
    assert.doesNotMatch(told, /Secret/);
    await cairnloop.close();
    while (!(await reader?.read())?.done);
    // A browser comes back at once.
    const again = await fetch(workspace.url('/live'));
    assert.equal(again.status, 503);
    await again.text();
  });

  it('a HEAD request is answered at once and does not subscribe', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const head = await fetch(workspace.url('/live'), { method: 'HEAD' });
    assert.match(head.headers.get('content-type') ?? '', /^text\/event-stream/);
    await head.text();
    await sleep(200);
    assert.equal(await listeners(host.database), 0);
  });
});
