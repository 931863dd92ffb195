import { strict as assert } from 'node:assert';
import { openPage, type WatchedPage } from '../support/browser.js';
import { operator as actor, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';

describe('the queue and a snoozed conversation', () => {
  const opened: WatchedPage[] = [];
  afterEach(async () => {
    for (const { context, complaints } of opened.splice(0)) {
      await context.close();
      assert.deepEqual(complaints, []);
    }
  });
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('LP6 an open page offers a conversation that another process woke, notified by the stream only', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ subject: 'Sleeper', message: 'Hello?' });
    const other = await conversations.open({ subject: 'Open on the page', message: 'Hello?' });
    const { rows } = await host.database.query(`SELECT cairnloop.clock() + interval '1 hour' AS until`);
    await conversations.snooze(id, { until: rows[0].until, actor });
    const workspace = await serve(host);
    const watched = await openPage(workspace.origin);
    opened.push(watched);
    const { page } = watched;
    await page.addInitScript('window.setInterval = () => 0');
    await page.goto(workspace.url(`/c/${other.id}`));
    await page.locator('html.scripted').waitFor();
    await page.locator('.row', { hasText: 'Open on the page' }).waitFor();
    assert.equal(await page.locator('.row', { hasText: 'Sleeper' }).count(), 0);
    await startHost({}, { database: host.database });
    await host.advance(3_600_000);
    await page.getByRole('button', { name: 'New activity' }).click();
    await page.locator('.row', { hasText: 'Sleeper' }).waitFor();
  });

  it('LP5, LP6 the audit page describes changes, snoozes and wakes', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ subject: 'Before <b>' });
    await conversations.update(id, { subject: 'After <b>', priority: 'high', tags: ['x'], actor });
    const { rows } = await host.database.query(`SELECT cairnloop.clock() + interval '1 hour' AS until`);
    await conversations.snooze(id, { until: rows[0].until, actor });
    await conversations.receive(id, { content: 'Hello' });
    await conversations.archive(id, { actor });
    const { status, text } = await (await serve(host)).get('/audit');
    assert.equal(status, 200);
    for (const words of [
      'Conversation changed',
      '<bdi>normal</bdi> to <bdi>high</bdi>',
      '<bdi>Before &lt;b&gt;</bdi> to <bdi>After &lt;b&gt;</bdi>',
      'Conversation snoozed',
      'Conversation woken',
      'Conversation archived',
    ])
      assert.ok(text.includes(words), words);
  });
});
