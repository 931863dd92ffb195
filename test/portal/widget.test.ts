import { strict as assert } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { openPage } from '../support/browser.js';
import { operator, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

const script = '<script src="/help/widget.js" async></script>';
const head = `<!doctype html><html lang="en"><head><title>Shop</title>${script}`;

describe('the widget', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  it('PT6 costs at most 15 KB compressed, in every language', async () => {
    const portal = await serve(await startHost({}, { worker: false }));
    for (const language of ['en', 'de', 'ar']) {
      const { text, headers } = await portal.get('/widget.js', { 'accept-language': language });
      const size = gzipSync(text).length;
      assert.ok(size <= 15 * 1024, `${language}: ${size}`);
      const again = await portal.get('/widget.js', {
        'accept-language': language,
        'if-none-match': headers.get('etag') ?? '',
      });
      assert.equal(again.status, 304);
    }
  });

  it('PT6 a customer lists, opens, writes, reads and rates in it, live, on a page with a strict policy', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host, {}, `${head}</head><body><cairnloop-support></cairnloop-support></body></html>`);
    const { page, context, complaints } = await openPage(portal.origin);
    await page.goto(portal.origin);
    const launcher = page.locator('.launcher');
    await launcher.focus();
    await page.keyboard.press('Enter');
    await page.getByText('No conversations yet').waitFor();
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.keyboard.type('My order');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Where is it?');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'My order' }).waitFor();
    await page.locator('.message', { hasText: 'Where is it?' }).waitFor();
    const [conversation] = (await host.cairnloop.conversations.list()).items;
    assert.equal(conversation?.actorId, customer.id);
    const id = conversation?.id ?? '';
    await host.cairnloop.conversations.reply(id, { content: 'On its way', actor: operator });
    await page.locator('.message', { hasText: 'On its way' }).getByText(operator.name).waitFor();
    await page.getByLabel('Your reply').fill('Thanks');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message', { hasText: 'Thanks' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.panel').isVisible(), false);
    assert.equal(
      await launcher.evaluate(
        (one) => (one.getRootNode() as never as { activeElement: unknown }).activeElement === one,
      ),
      true,
    );
    await host.cairnloop.conversations.reply(id, { content: 'You are welcome', actor: operator });
    await page.getByRole('button', { name: 'Open support (1 new)' }).waitFor();
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await launcher.click();
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.getByText('Thank you for your rating.').waitFor();
    assert.equal((await host.cairnloop.conversations.get(id)).csatRating, 'negative');
    await page.getByRole('button', { name: 'Open support', exact: true }).waitFor();
    assert.equal(await page.locator('.message', { hasText: 'Thanks' }).count(), 1);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('PT6 works on a page whose styles hide everything and whose scripts replace built-in prototypes, and changes nothing in it', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({
      actorId: customer.id,
      subject: 'My order',
      message: 'Where?',
    });
    const body = '<p id="own">Own text</p><cairnloop-support></cairnloop-support>';
    const portal = await serve(
      host,
      {},
      `${head}<link rel="stylesheet" href="/hostile.css"><script src="/hostile.js"></script></head><body>${body}</body></html>`,
    );
    const { page, context, complaints } = await openPage(portal.origin);
    await page.route('**/hostile.css', (route) => route.fulfill({ contentType: 'text/css', body: hostileStyles }));
    await page.route('**/hostile.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: hostileScript }),
    );
    await page.goto(portal.origin);
    await page.locator('.launcher').waitFor();
    // Before the browser's driver listens as well.
    assert.deepEqual(await page.evaluate('listenersOnDocument'), ['visibilitychange']);
    await page.locator('.launcher').click();
    await page.getByText('My order').click();
    await page.getByLabel('Your reply').fill('From a hostile page');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message', { hasText: 'From a hostile page' }).waitFor();
    const { messages } = await host.cairnloop.conversations.getForCustomer(customer.id, id);
    assert.deepEqual(
      messages?.map(({ content }) => content),
      ['Where?', 'From a hostile page'],
    );
    assert.equal(await page.locator('.panel').evaluate((one) => getStyle(one).color), 'rgb(35, 33, 29)');
    const changed = await page.evaluate(
      '({ globals: newGlobals(), sheets: document.adoptedStyleSheets.length, children: document.body.children.length, styled: document.head.querySelectorAll("style").length, kept: document.cookie + Object.keys(localStorage) })',
    );
    assert.deepEqual(changed, {
      globals: [],
      sheets: 0,
      children: 2,
      styled: 0,
      kept: '',
    });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('PT6 is hidden without a session, and disappears once the session has ended', async () => {
    const host = await startHost({}, { worker: false });
    let signedIn = true;
    const portal = await serve(
      host,
      { customer: () => (signedIn ? customer : null), live: { recheckMs: 100 } },
      `${head}</head><body><cairnloop-support></cairnloop-support></body></html>`,
    );
    const { page, context } = await openPage(portal.origin);
    await page.goto(portal.origin);
    await page.locator('.launcher').click();
    await page.getByText('No conversations yet').waitFor();
    signedIn = false;
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.locator('.panel').waitFor({ state: 'hidden' });
    await page.locator('.launcher').waitFor({ state: 'hidden' });
    await page.reload();
    assert.equal(await page.locator('.launcher').count(), 0);
    await context.close();
  });

  it('PT6 can be placed in the page, removed and added again', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(
      host,
      {},
      `${head}</head><body><cairnloop-support inline theme="dark"></cairnloop-support></body></html>`,
    );
    const { page, context, complaints } = await openPage(portal.origin);
    await page.goto(portal.origin);
    await page.getByText('No conversations yet').waitFor();
    await page.evaluate(
      "{ const one = document.querySelector('cairnloop-support'); one.remove(); document.body.append(one); }",
    );
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByLabel('Your message').waitFor();
    assert.equal(await page.locator('.launcher').isVisible(), false);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});

declare function getStyle(one: unknown): { color: string };

const hostileStyles = `
  body * { display: none !important; color: red !important; font-size: 2px !important; visibility: hidden !important; }
  * { all: unset; position: absolute !important; transform: scale(0) !important; }
  html, body { display: block !important; transform: none !important; }
  button, textarea, .panel, .launcher { opacity: 0 !important; }`;

const hostileScript = `
  const before = new Set(Object.getOwnPropertyNames(window));
  globalThis.newGlobals = () => Object.getOwnPropertyNames(window).filter((name) => !before.has(name) && !allowed.has(name));
  const allowed = new Set(['newGlobals', 'listenersOnDocument', 'getStyle']);
  globalThis.getStyle = (one) => getComputedStyle(one);
  globalThis.listenersOnDocument = [];
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (this === document || this === window || this === document.body) listenersOnDocument.push(type);
    return add.call(this, type, ...rest);
  };
  for (const name of ['method', 'body', 'headers', 'mode', 'credentials', 'signal', 'cache', 'redirect', 'integrity', 'keepalive',
    'delegatesFocus', 'slotAssignment', 'once', 'passive', 'capture', 'base', 'texts', 'unread', 'hidden', 'count', 'dateStyle', 'timeZone'])
    Object.prototype[name] = 'polluted';
  Array.prototype.polluted = () => {};`;
