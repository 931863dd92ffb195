import { strict as assert } from 'node:assert';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { type ServedWorkspace, useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('times on a page', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  interface Dated extends StartedHost {
    workspace: ServedWorkspace;
    id: string;
    show(options: BrowserContextOptions): Promise<Page>;
  }

  /** A conversation with two messages of one day in Los Angeles, of two in UTC. */
  async function startDated(): Promise<Dated> {
    const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker: false });
    const { cairnloop, database } = host;
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1', subject: 'Dated', message: 'Before' });
    await cairnloop.conversations.note(id, { content: 'After', actor: operator });
    for (const [content, at] of [
      ['Before', '2026-01-05T23:30:00Z'],
      ['After', '2026-01-06T01:30:00Z'],
    ]) {
      await database.query('update cairnloop.messages set created_at = $2 where content = $1', [content, at]);
    }
    const workspace = await serve(host);
    return { ...host, workspace, id, show: (options) => open(workspace, `/c/${id}`, options) };
  }

  const days = (page: Page) => page.locator('.day').allTextContents();
  const losAngeles = { timezoneId: 'America/Los_Angeles', locale: 'en-US' };

  it('separates the days of a thread in the operator’s zone, also after an update, and in UTC without JavaScript', async () => {
    const { cairnloop, id, show } = await startDated();
    // Versions of ICU differ in a comma.
    const plain = (await days(await show({ javaScriptEnabled: false }))).map((day) => day.replace(',', ''));
    assert.deepEqual(plain, ['Monday 5 January 2026', 'Tuesday 6 January 2026']);
    const page = await show(losAngeles);
    assert.deepEqual(await days(page), ['Monday, January 5, 2026']);
    await cairnloop.conversations.receive(id, { content: 'Today' });
    await page.locator('.message', { hasText: 'Today' }).waitFor();
    const [first, ...rest] = await days(page);
    assert.equal(first, 'Monday, January 5, 2026');
    assert.equal(rest.length, 1);
    assert.equal(await page.locator('.day + .message', { hasText: 'After' }).count(), 0);
    assert.equal(await page.locator('.day + .message', { hasText: 'Today' }).count(), 1);
  });

  it('shows every time in the operator’s zone on hover, also of ages and clocks', async () => {
    const page = await (await startDated()).show(losAngeles);
    const titles = await page.locator('time[title], .clock time').evaluateAll((times) => times.map((one) => one.title));
    assert.ok(titles.length > 8);
    for (const title of titles) assert.match(title, /^(?:Breaches at )?\w+day, .* [AP]M$/);
  });

  it('shows the year of a time in another year', async () => {
    const { cairnloop, database, id, workspace, show } = await startDated();
    await cairnloop.outbound.trigger(id, { templateId: 'old', content: 'x', actor: operator });
    await database.query(`update cairnloop.messages set created_at = '2019-07-01T12:00:00Z' where role = 'outbound'`);
    assert.match((await workspace.get(`/c/${id}`)).text, /1 Jul 2019, 12:00 UTC/);
    const page = await show(losAngeles);
    await page.locator('#record', { hasText: 'Jul 1, 2019, 05:00 AM' }).waitFor();
  });
});
