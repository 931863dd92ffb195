import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { portalTextKeys } from '../../src/portal/strings/strings.js';
import { openPage } from '../support/browser.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const page =
  '<!doctype html><html lang="en"><head><title>Shop</title><script src="/help/widget.js" async></script></head><body><main><h1>Shop</h1></main><cairnloop-support></cairnloop-support></body></html>';

/** What axe finds, one line each; nothing while all is well. */
async function violationsIn(shown: Page): Promise<string[]> {
  await shown.addScriptTag({ path: axe });
  const found = (await shown.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('the look of the portal', () => {
  const serve = usePortals();
  const { startHost } = useHosts();

  async function fill({ cairnloop }: StartedHost) {
    const { conversations } = cairnloop;
    const thread = await conversations.open({
      actorId: customer.id,
      subject: 'W'.repeat(150),
      message: 'x'.repeat(300),
    });
    await conversations.reply(thread.id, { content: 'See https://example.com/a', actor: operator });
    const resolved = await conversations.open({ actorId: customer.id, message: 'Hello' });
    await conversations.resolve(resolved.id, { resolvedBy: operator });
    const unread = await conversations.open({ actorId: customer.id, subject: 'Unread', message: 'Hello' });
    await conversations.reply(unread.id, { content: 'Hi', actor: operator });
    return { thread: thread.id, resolved: resolved.id };
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1440]) {
      it(`PT5 axe finds no violation in page and widget, and nothing is wider than the screen: ${colorScheme}, ${width} px`, async function () {
        this.timeout(120_000);
        const host = await startHost({}, { worker: false });
        const ids = await fill(host);
        const portal = await serve(host, {}, page);
        const empty = await serve(host, { customer: () => ({ id: 'nobody' }) });
        const { page: shown, context } = await openPage(portal.origin, {
          colorScheme,
          bypassCSP: true,
          viewport: { width, height: 800 },
        });
        const paths = ['/', '/new', `/c/${ids.thread}`, `/c/${ids.resolved}`, '/nowhere'].map(portal.url);
        for (const url of [...paths, empty.url('/')]) {
          await shown.goto(url);
          assert.deepEqual(await violationsIn(shown), [], url);
          assert.equal(await shown.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, url);
        }
        await shown.goto(portal.origin);
        await shown.getByRole('button', { name: /Open support/ }).click();
        await shown.getByText('Unread').waitFor();
        assert.deepEqual(await violationsIn(shown), [], 'widget: list');
        await shown.getByText('WWWW').click();
        await shown.getByText('See https').waitFor();
        assert.deepEqual(await violationsIn(shown), [], 'widget: thread');
        await shown.getByRole('button', { name: 'All conversations' }).click();
        await shown.getByText('No subject').click();
        await shown.getByText('Did we help you?').waitFor();
        assert.deepEqual(await violationsIn(shown), [], 'widget: resolved');
        await context.close();
      });
    }
  }

  it('PT5 the longest words fit a page of 360 px in both directions: names, subjects, messages, texts of the host', async function () {
    this.timeout(180_000);
    const word = (letter: string, length: number) => letter.repeat(length);
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c', subject: word('S', 1000), message: word('M', 4000) });
    await conversations.reply(id, {
      content: `https://example.com/${word('u', 2000)}`,
      actor: { id: 'o', name: word('N', 400) },
    });
    await conversations.receive(id, { content: `${word('\u0645', 3000)} \u202e${word('x', 500)}` });
    await conversations.resolve(id, { resolvedBy: operator });
    const texts = Object.fromEntries(portalTextKeys.map((key) => [key, word('Donaudampf', 12)]));
    const customer = () => ({ id: 'c', name: word('C', 400) });
    for (const locale of ['en', 'ar']) {
      const portal = await serve(host, { customer, strings: { ...texts, locale } }, page);
      const { page: shown, context } = await openPage(portal.origin, { viewport: { width: 360, height: 800 } });
      for (const path of ['/', '/new', `/c/${id}`, '/nowhere']) {
        await shown.goto(portal.url(path));
        assert.deepEqual(await widerThanScreen(shown), [], `${locale} ${path}`);
      }
      await shown.goto(portal.origin);
      await shown.locator('cairnloop-support').getByRole('button').first().click();
      await shown.getByText('SSSS').waitFor();
      assert.deepEqual(await widerThanScreen(shown), [], `${locale} widget: list`);
      await shown.getByText('SSSS').click();
      await shown.getByText('MMMM').waitFor();
      assert.deepEqual(await widerThanScreen(shown), [], `${locale} widget: thread`);
      await context.close();
    }
  });

  it('PT5 everything can be done by keyboard', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    const { page: shown, context } = await openPage(portal.origin);
    await shown.goto(portal.url('/'));
    await tabTo(shown, 'New conversation');
    await shown.keyboard.press('Enter');
    await shown.getByLabel('Your message').waitFor();
    await tabTo(shown, 'message');
    await shown.keyboard.type('By keyboard');
    await tabTo(shown, 'Send');
    await shown.keyboard.press('Enter');
    await shown.locator('.message', { hasText: 'By keyboard' }).waitFor();
    await context.close();
  });

  it('PT5 is in English, German or Arabic as the browser asks, Arabic from right to left', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    const asked: [header: string, lang: string, dir: string, text: string][] = [
      ['de-AT,de;q=0.9,en;q=0.8', 'de-AT', 'ltr', 'Ihre Anfragen'],
      ['fr, ar;q=0.5, en;q=0.4', 'ar', 'rtl', 'محادثاتك'],
      ['fr', 'en', 'ltr', 'Your conversations'],
      ['*;q=x,,;;=, de;q=0', 'en', 'ltr', 'Your conversations'],
      ['<script>', 'en', 'ltr', 'Your conversations'],
    ];
    for (const [header, lang, dir, text] of asked) {
      const answer = await portal.get('/', { 'accept-language': header });
      assert.match(answer.text, new RegExp(`<html lang="${lang}" dir="${dir}"`));
      assert.match(answer.text, new RegExp(`<h1>${text}</h1>`));
      const widget = await portal.get('/widget.js', { 'accept-language': header });
      assert.ok(widget.text.includes(text));
    }
  });

  it('PT5 every text can be replaced, and a language that is not shipped can be added', async () => {
    const host = await startHost({}, { worker: false });
    const ids = await fill(host);
    const strings = Object.fromEntries(portalTextKeys.map((key) => [key, `«${key} {count}{limit}{seconds}»`]));
    const portal = await serve(host, { strings: { locale: 'he', ...strings } });
    const { page: shown, context } = await openPage(portal.origin, { javaScriptEnabled: false });
    for (const path of ['/', '/new', `/c/${ids.thread}`, `/c/${ids.resolved}`, '/nowhere']) {
      await shown.goto(portal.url(path));
      assert.equal(await shown.locator('html[lang="he"][dir="rtl"]').count(), 1);
      const words = (await shown.locator('body').innerText())
        .replace(/«[^»]*»/g, '')
        .replace(/W+|x+|Hello|Hi|Ada|Grace|Unread|See https:\/\/example.com\/a|UTC/g, '');
      // What is left are dates, in the language that was asked for.
      assert.doesNotMatch(words, /[a-z]{2}/i, path);
    }
    await context.close();
  });

  for (const [strings, word] of [
    [{ titel: 'x' }, 'did you mean "title"'],
    [{ title: 5 }, 'strings.title'],
    [{ title: ' ' }, 'strings.title'],
    [{ locale: 'not a locale' }, 'strings.locale'],
    [['x'], 'strings'],
    [JSON.parse('{"__proto__":"x"}'), '__proto__'],
  ] as const) {
    it(`PT5 refuses ${JSON.stringify(strings)} as strings`, async () => {
      const host = await startHost({}, { worker: false });
      assert.throws(
        () => host.cairnloop.portal({ basePath: '/help', customer: () => null, strings } as never),
        (error: Error) =>
          (error as never as { code: string }).code === 'MOUNT_OPTION_INVALID' && error.message.includes(word),
      );
    });
  }

  it('PT5 page and widget use the colours of the host', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host, { styles: ':root { --cairnloop-accent-fill: rgb(1, 2, 3) }' });
    const { page: shown, context } = await openPage(portal.origin);
    await shown.goto(portal.url('/'));
    assert.equal(
      await shown.evaluate("getComputedStyle(document.querySelector('.button-primary')).backgroundColor"),
      'rgb(1, 2, 3)',
    );
    await context.close();
  });
});

/** What reaches beyond the screen on either side, in the page and in the widget; nothing that is for screen readers alone. */
function widerThanScreen(shown: Page): Promise<string[]> {
  return shown.evaluate(`(() => {
    const found = [];
    const look = (root) => {
      for (const one of root.querySelectorAll('*')) {
        if (one.shadowRoot) look(one.shadowRoot);
        if (one.matches('.body') && one.scrollWidth > one.clientWidth) found.push('.body scrolls sideways');
        const { left, right, width, height } = one.getBoundingClientRect();
        const isCut = one.parentElement?.closest('.customer, .conversation-subject, .bar h2, .message-text, .body');
        const shows = !isCut && width > 1 && height > 1 && getComputedStyle(one).visibility !== 'hidden' && one.tagName !== 'OPTION';
        if (shows && (left < -1 || right > innerWidth + 1)) found.push(one.tagName + '.' + one.className + ' ' + Math.round(left) + '..' + Math.round(right));
      }
    };
    look(document);
    return found.slice(0, 10);
  })()`);
}

/** Presses Tab until something of that name or id has the focus. */
async function tabTo(shown: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 20; presses += 1) {
    await shown.keyboard.press('Tab');
    const focused = await shown.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
    if (focused === name) return;
  }
  assert.fail(`${name} cannot be reached by keyboard`);
}
