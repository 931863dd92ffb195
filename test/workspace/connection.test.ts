import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { operator, useHosts } from '../support/started-host.js';
import { type ServedWorkspace, useWorkspaces } from './served-workspace.js';

/** From the click on "Try again" the page asks for itself under this query: what it asks by itself before is no try. */
const tried = 'tried=1';
const markTries = (page: Page) =>
  page.evaluate(`document.getElementById('connection-retry').addEventListener(
    'click', () => history.replaceState(null, '', '?${tried}'), { capture: true })`);

describe('a page that is cut off from its server', () => {
  const opened: WatchedPage[] = [];
  // The browser reports each request that fails, as it must here.
  afterEach(() => Promise.all(opened.splice(0).map(({ context }) => context.close())));
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  /** An operator who can be signed out, at a conversation with half a reply written. */
  async function openThread(signInUrl?: string) {
    const session: { operator: { id: string; name: string } | null } = { operator };
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const workspace = await serve(host, {
      operator: (request) => (request.url.includes(tried) ? operator : session.operator),
      live: { recheckMs: 200 },
      ...(signInUrl && { signInUrl }),
    });
    const watched = await openPage(workspace.origin);
    opened.push(watched);
    const { page, context } = watched;
    await page.goto(workspace.url(`/c/${id}`));
    await page.locator('html.scripted').waitFor();
    await page.locator('#content').fill('Half a reply');
    const bar = page.locator('#connection');
    const text = () => page.locator('#content').inputValue();
    const sent = async () =>
      ((await host.cairnloop.conversations.get(id)).messages ?? []).filter(({ role }) => role === 'operator').length;
    return { host, id, workspace, session, page, context, bar, text, sent };
  }

  it('says that it is offline, keeps the text, and removes the notice when the connection is back', async () => {
    const { page, context, bar, text, sent } = await openThread();
    assert.ok(await bar.isHidden());
    await context.setOffline(true);
    await bar.getByText('You are offline.').waitFor();
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('The server did not respond.').waitFor();
    assert.deepEqual([await text(), await sent()], ['Half a reply', 0]);
    await context.setOffline(false);
    await bar.waitFor({ state: 'hidden' });
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('Reply sent.').waitFor();
    assert.equal(await sent(), 1);
  });

  it('says that the server does not respond if the network works', async () => {
    const { page, bar, text } = await openThread();
    await markTries(page);
    await page.route('**/support/c/**', (route) =>
      route.request().url().includes(tried) ? route.fallback() : route.fulfill({ status: 503, body: 'away' }),
    );
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await bar.getByText('The server does not respond.').waitFor();
    await bar.getByRole('button', { name: 'Try again' }).click();
    await bar.waitFor({ state: 'hidden' });
    assert.equal(await text(), 'Half a reply');
  });

  it('says that the operator is signed out as soon as the stream ends, with a link to sign in', async () => {
    const { session, bar, page, text } = await openThread('/login?next=/support');
    session.operator = null;
    await bar.getByText('You are signed out.').waitFor();
    await bar.getByText('Your text is safe in this tab: sign in, then come back to it.').waitFor();
    const link = bar.getByRole('link', { name: 'Sign in' });
    assert.equal(await link.getAttribute('href'), '/login?next=/support');
    assert.equal(await text(), 'Half a reply');
    await markTries(page);
    await bar.getByRole('button', { name: 'Try again' }).click();
    await bar.waitFor({ state: 'hidden' });
    session.operator = operator;
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('Reply sent.').waitFor();
  });

  it('keeps the text of a reply refused with 401, says so, and restores it after signing in again in this tab', async () => {
    const { session, page, bar, text, sent, workspace, id } = await openThread('https://id.example/login');
    await page.route(/\/live(?:\?|$)/, (route) => route.fulfill({ status: 204 }));
    session.operator = null;
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('Nothing was sent: you are signed out.').waitFor();
    await page.locator('#notice').getByText('Your text is safe. Sign in in another tab').waitFor();
    await bar.getByRole('link', { name: 'Sign in' }).waitFor();
    assert.deepEqual([await text(), await sent()], ['Half a reply', 0]);
    await page.goto(workspace.url(`/c/${id}`));
    await page.getByRole('heading', { name: 'Sign in to the application' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href'), 'https://id.example/login');
    session.operator = operator;
    await page.goto(workspace.url(`/c/${id}`));
    assert.equal(await text(), 'Half a reply');
  });

  it('sends nothing from the page of one operator once another one is signed in', async () => {
    const { session, page, bar, text, sent } = await openThread();
    session.operator = { id: 'op-2', name: 'Grace' };
    await bar.getByText('You are now signed in as somebody else.').waitFor();
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('Nothing was sent').waitFor();
    assert.deepEqual([await text(), await sent()], ['Half a reply', 0]);
  });
});

describe('a visitor who is not signed in', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();
  const opened: WatchedPage[] = [];
  afterEach(() => Promise.all(opened.splice(0).map(({ context }) => context.close())));

  async function serveStranger(options: object) {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Secret', message: 'Secret' });
    return { id, workspace: await serve(host, options) };
  }

  const ask = (workspace: ServedWorkspace, path: string, accept: string) => workspace.get(path, { accept });

  it('gets a page, JSON or text, as requested; each has the same message and no data', async () => {
    const { id, workspace } = await serveStranger({ operator: () => null, signInUrl: '/login?a=1&b="2"' });
    for (const path of ['/', `/c/${id}`, '/assets/x/main.js', '/live']) {
      const page = await ask(workspace, path, 'text/html,application/xhtml+xml,*/*;q=0.8');
      const json = await ask(workspace, path, 'application/json');
      const text = await ask(workspace, path, '*/*');
      for (const answer of [page, json, text]) {
        assert.equal(answer.status, 401);
        assert.match(answer.text, /Sign in to the application as an operator first/);
        assert.doesNotMatch(answer.text, /Secret|c-1/);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      }
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
      assert.match(page.text, /href="\/login\?a=1&#38;b=&#34;2&#34;"/);
      assert.deepEqual(JSON.parse(json.text).error.code, 'SIGNED_OUT');
      assert.equal(JSON.parse(json.text).error.signInUrl, '/login?a=1&b="2"');
      assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
    }
  });

  it('gets the same kind of 503 if no operator function is configured', async () => {
    const { workspace } = await serveStranger({ operator: undefined });
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const answer = await ask(workspace, '/', accept);
      assert.equal(answer.status, 503);
      assert.match(answer.text, /no way to know who its operators are/);
    }
  });

  it('gets a whole page in the same style for 401 and 503', async () => {
    const style = (text: string) => /<style>[^<]*<\/style>/.exec(text)?.[0];
    const { workspace: signedOut } = await serveStranger({ operator: () => null });
    const { workspace: unconfigured } = await serveStranger({ operator: undefined });
    const pages = [];
    for (const workspace of [signedOut, unconfigured]) pages.push(await ask(workspace, '/', 'text/html'));
    assert.deepEqual(
      pages.map(({ status }) => status),
      [401, 503],
    );
    for (const { text, headers } of pages) {
      assert.match(headers.get('content-type') ?? '', /^text\/html/);
      assert.match(text, /^<!doctype html>\s*<html lang="en-GB" dir="ltr">/);
      assert.match(text, /<main>.*<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>/s);
      assert.ok(style(text)?.includes('place-items: center'));
    }
    assert.equal(style(pages[0]?.text ?? ''), style(pages[1]?.text ?? ''));
  });

  it('gets a styled page with a content policy that allows that style only', async () => {
    const { workspace } = await serveStranger({ operator: () => null, signInUrl: '/login' });
    for (const colorScheme of ['light', 'dark'] as const) {
      const watched = await openPage(workspace.origin, { colorScheme, viewport: { width: 360, height: 640 } });
      opened.push(watched);
      await watched.page.goto(workspace.url('/'));
      const display = await watched.page.evaluate('getComputedStyle(document.body).display');
      assert.equal(display, 'grid');
      const overflow = await watched.page.evaluate('document.documentElement.scrollWidth > innerWidth');
      assert.equal(overflow, false);
      assert.deepEqual(
        watched.complaints.filter((one) => !/status of 401/.test(one)),
        [],
      );
    }
  });
});
