import { strict as assert } from 'node:assert';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { useWorkspaces } from '../workspace/served-workspace.js';
import { customer, type ServedPortal, usePortals } from './served-portal.js';

describe("a customer's day in the portal", () => {
  const opened: WatchedPage[] = [];
  // Before what serves the pages, so that they are closed first.
  afterEach(async () => {
    for (const { context, complaints } of opened.splice(0)) {
      await context.close();
      assert.deepEqual(complaints, []);
    }
  });
  const { startHost } = useHosts();
  const serve = usePortals();
  const serveWorkspace = useWorkspaces();

  const open = async (origin: string, url: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const watched = await openPage(origin, options);
    opened.push(watched);
    await watched.page.goto(url);
    return watched.page;
  };

  const onlyConversation = async ({ cairnloop }: StartedHost) => {
    const [conversation, ...others] = (await cairnloop.conversations.list()).items;
    assert.ok(conversation);
    assert.equal(others.length, 0);
    return cairnloop.conversations.get(conversation.id);
  };

  async function wholeDay(host: StartedHost, portal: ServedPortal, options: BrowserContextOptions): Promise<Page> {
    const page = await open(portal.origin, portal.url('/'), options);
    await page.getByText('No conversations yet').waitFor();
    await page.getByRole('link', { name: 'New conversation' }).click();
    await page.getByLabel('Subject').fill('My order');
    await page.getByLabel('Your message').fill('Where is it?\nIt is late.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'My order' }).waitFor();
    await page.getByLabel('Your reply').fill('Hello?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message', { hasText: 'Hello?' }).waitFor();
    const { id, actorId, messages } = await onlyConversation(host);
    assert.equal(actorId, customer.id);
    assert.deepEqual(
      messages?.map(({ role, content }) => [role, content]),
      [
        ['customer', 'Where is it?\nIt is late.'],
        ['customer', 'Hello?'],
      ],
    );
    // A thread that is on screen has read what comes in.
    await page.goto(portal.url('/'));
    await host.cairnloop.conversations.reply(id, { content: 'It comes tomorrow.', actor: operator });
    await page.goto(portal.url('/'));
    await page.getByRole('link', { name: /My order.*1 new/ }).click();
    await page.locator('.message', { hasText: 'It comes tomorrow.' }).getByText(operator.name).waitFor();
    await page.getByRole('link', { name: 'All conversations' }).click();
    await page.getByRole('link', { name: 'My order' }).waitFor();
    assert.equal(await page.locator('.badge').count(), 0);
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await page.goto(portal.url(`/c/${id}`));
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you for your rating.').waitFor();
    assert.equal((await host.cairnloop.conversations.get(id)).csatRating, 'positive');
    await page.getByLabel('Your reply').fill('One more thing');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message', { hasText: 'One more thing' }).waitFor();
    assert.equal((await host.cairnloop.conversations.get(id)).status, 'open');
    assert.doesNotMatch(await page.content(), new RegExp(operator.id));
    return page;
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`PT2 a customer lists, opens, writes, reads and rates with${javaScriptEnabled ? '' : 'out'} JavaScript`, async () => {
      const host = await startHost({}, { worker: false });
      await wholeDay(host, await serve(host), { javaScriptEnabled });
    });
  }

  it('PT2 a customer’s message appears on the open page of an operator, and the reply on the open page of the customer', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({
      actorId: customer.id,
      subject: 'Refund',
      message: 'Please',
    });
    const portal = await serve(host);
    const workspace = await serveWorkspace(host);
    const theirs = await open(portal.origin, portal.url(`/c/${id}`));
    const ours = await open(workspace.origin, workspace.url(`/c/${id}`));
    const list = await open(portal.origin, portal.url('/'));
    for (const page of [theirs, ours, list]) await page.evaluate("window.neverReloaded = 'yes'");

    await theirs.getByLabel('Your reply').fill('It has been a week');
    await theirs.keyboard.press('Control+Enter');
    await ours.locator('.message', { hasText: 'It has been a week' }).waitFor();
    // Until what has arrived can have been read: a reply that begins sooner is held once.
    await ours.waitForTimeout(2500);
    await ours.locator('#composer textarea').fill('Sent today');
    await ours.locator('#composer textarea').press('Control+Enter');
    await theirs.locator('.message', { hasText: 'Sent today' }).waitFor();
    assert.equal(await theirs.getByLabel('Your reply').inputValue(), '');
    assert.equal(await theirs.locator('.message', { hasText: 'It has been a week' }).count(), 1);
    await host.cairnloop.conversations.reply(id, { content: 'And refunded', actor: operator });
    await theirs.locator('.message', { hasText: 'And refunded' }).waitFor();
    await host.cairnloop.conversations.open({ actorId: customer.id, subject: 'From elsewhere', message: 'x' });
    await list.getByRole('link', { name: 'From elsewhere' }).waitFor();
    for (const page of [theirs, ours, list]) assert.equal(await page.evaluate('window.neverReloaded'), 'yes');
  });

  it('PT2 unsent text stays while messages arrive', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: customer.id, message: 'Please' });
    const portal = await serve(host);
    const page = await open(portal.origin, portal.url(`/c/${id}`));
    await page.getByLabel('Your reply').fill('Half a sent');
    await host.cairnloop.conversations.reply(id, { content: 'An answer', actor: operator });
    await page.locator('.message', { hasText: 'An answer' }).waitFor();
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await page.getByText('This conversation is resolved.').waitFor();
    assert.equal(await page.getByLabel('Your reply').inputValue(), 'Half a sent');
    assert.equal(await page.evaluate('document.activeElement.id'), 'message');
  });

  it('PT2 a prefetched page leaves a message unread', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: customer.id, message: 'Please' });
    await conversations.reply(id, { content: 'An answer', actor: operator });
    const portal = await serve(host);
    await portal.get(`/c/${id}`, { 'sec-purpose': 'prefetch' });
    await portal.api(`/conversations/${id}`);
    assert.equal((await conversations.getForCustomer(customer.id, id)).unread, 1);
    await portal.api(`/conversations/${id}/read`, {});
    assert.equal((await conversations.getForCustomer(customer.id, id)).unread, 0);
  });

  it('PT2 a long thread is paged, also if few long messages fill a page', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: customer.id, message: 'The first words' });
    for (let count = 0; count < 3; count += 1)
      await conversations.reply(id, { content: `${count} ${'x'.repeat(900_000)}`, actor: operator });
    const portal = await serve(host);
    let path = `/c/${id}`;
    for (let pages = 1; ; pages += 1) {
      const { text } = await portal.get(path);
      if (text.includes('The first words')) break;
      assert.ok(pages < 5);
      path = `/c/${id}?before=${/\?before=([0-9a-f-]+)"/.exec(text)?.[1]}`;
    }
    const last = await portal.get(path);
    assert.match(last.text, /Newest messages/);
    assert.doesNotMatch(last.text, /Earlier messages|<form/);
  });
});
