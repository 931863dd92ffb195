import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import type { StartedHost } from '../support/started-host.js';
import { savedRepliesFolder, startEveryView, type View } from './every-view.js';
import { filledButtons } from './filled-buttons.js';
import { type ServedWorkspace, serveWorkspace } from './served-workspace.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Git-ignored; made on demand, to be looked at by people. */
const screenshots = fileURLToPath(new URL('../../.cairnloop/screenshots/', import.meta.url));
const withScreenshots = process.env.CAIRNLOOP_TEST_SCREENSHOTS !== undefined;
const schemes = ['light', 'dark'] as const;

describe('the look of the workspace', () => {
  let host: StartedHost;
  let workspace: ServedWorkspace;
  let views: View[];

  before(async function () {
    this.timeout(120_000);
    ({ host, views } = await startEveryView());
    workspace = await serveWorkspace(host, { title: 'Acme Support', repliesFolder: await savedRepliesFolder() });
  });
  after(async () => {
    await workspace.close();
    await host.cairnloop.close();
    await host.database.drop();
  });

  async function show({ page }: WatchedPage, view: View): Promise<void> {
    await page.goto(workspace.url(view.path));
    await page.locator('html.scripted').waitFor();
    if (view.act) await page.evaluate(view.act);
  }

  const complaintsOf = ({ complaints }: WatchedPage) => complaints.filter((one) => !one.includes('status of 404'));

  /** Colours that would fade from one scheme into the other have their new values at once. */
  async function follow(page: Page, colorScheme: (typeof schemes)[number]): Promise<void> {
    await page.emulateMedia({ colorScheme });
    await page.evaluate('document.getAnimations().forEach((fading) => { fading.finish(); })');
  }

  /** In both colour schemes, which need no other page; `evaluate` is not subject to the page's content security policy. */
  async function assertAxeClean({ page }: WatchedPage, name: string): Promise<void> {
    await page.evaluate(axe);
    for (const colorScheme of schemes) {
      await follow(page, colorScheme);
      const found = await page.evaluate<{ violations: string[]; passes: number }>(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => ({
          violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')),
          passes: passes.length,
        }))`,
      );
      assert.deepEqual(found.violations, [], `${name} in ${colorScheme}`);
      assert.ok(found.passes > 15, `${name} in ${colorScheme}: axe looked at ${found.passes} rules`);
    }
  }

  /** On any view where `width` is the usual one, else in any thread, and on the narrowest screen in each kind of page. */
  const looksAt = ({ name }: View, width: number) =>
    width === 1280 || name.startsWith('thread') || (width === 360 && kindsOfPage.includes(name));
  const kindsOfPage = ['inbox', 'bulk', 'audit', 'deliveries', 'sla', 'report', 'report-list'];

  /** What leads the eye: one heading, at most one filled button, and a mark on what has the focus. */
  async function assertLeadsTheEye({ page }: WatchedPage, { name }: View): Promise<void> {
    assert.equal(await page.locator('h1').count(), 1, `${name}: headings of the first rank`);
    const filled = await filledButtons(page);
    assert.ok(filled.length <= 1, `${name}: filled are ${filled.join(', ')}`);
    // From a key on the focus is shown; what a script then focuses as well.
    await page.keyboard.press('Tab');
    assert.deepEqual(await page.evaluate(unmarkedInFocus), [], `${name}: the focus does not show`);
  }

  async function assertFits({ page }: WatchedPage, view: View, width: number): Promise<void> {
    const screen = { width, height: width < 720 ? 740 : Math.round(width * 0.5625) + 80 };
    await page.setViewportSize(screen);
    for (const colorScheme of width === 1280 ? schemes : (['light'] as const)) {
      await follow(page, colorScheme);
      const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(wider, 0, `${view.name} at ${width}`);
      if (view.name === 'thread-draft') await assertInView(page, ['Approve & send', 'Resolve'], screen);
      const file = path.join(screenshots, `${view.name}-${width}-${colorScheme}.png`);
      if (withScreenshots) await page.screenshot({ path: file });
    }
  }

  for (const width of [360, 768, 1280, 1920]) {
    it(`fits ${width} pixels in light and dark: no axe violation, nothing wider than the screen, controls visible`, async function () {
      this.timeout(360_000);
      const viewport = { width, height: 800 };
      const watched = await openPage(workspace.origin, { viewport });
      for (const view of views) {
        await watched.page.setViewportSize(viewport);
        await show(watched, view);
        if (looksAt(view, width)) await assertAxeClean(watched, `${view.name} at ${width}`);
        await assertFits(watched, view, width);
        if (width === 1280) await assertLeadsTheEye(watched, view);
      }
      await watched.context.close();
      assert.deepEqual(complaintsOf(watched), []);
    });
  }

  async function assertInView(page: Page, names: string[], screen: { width: number; height: number }): Promise<void> {
    for (const name of names) {
      const box = await page.getByRole('button', { name }).boundingBox();
      assert.ok(box, `${name} is shown`);
      assert.ok(box.x >= 0 && box.x + box.width <= screen.width, `${name} lies beside the screen`);
      assert.ok(box.y >= 0 && box.y + box.height <= screen.height, `${name} lies below the screen`);
    }
  }

  it('follows the system’s colour scheme, and remembers another choice', async () => {
    const watched = await openPage(workspace.origin, { colorScheme: 'dark' });
    const { page } = watched;
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.goto(workspace.url('/'));
    const dark = await ground();
    await page.getByRole('button', { name: /Colours: follows the system/ }).click();
    await page.locator('html[data-theme="light"]').waitFor();
    assert.notEqual(await ground(), dark);
    await page.goto(workspace.url('/audit'));
    await page.getByRole('button', { name: /Colours: light/ }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    assert.equal(await ground(), dark);
    await watched.context.close();
    assert.deepEqual(watched.complaints, []);
  });

  it('takes the host’s colours from a stylesheet of its own', async () => {
    const themed = await serveWorkspace(host, { styles: ':root { --cl-ground: rgb(1, 2, 3); }' });
    const watched = await openPage(themed.origin);
    await watched.page.goto(themed.url('/'));
    assert.equal(await watched.page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(1, 2, 3)');
    await watched.context.close();
    await themed.close();
    assert.deepEqual(watched.complaints, []);
  });

  it('links to the search if there is no room for its field', async () => {
    const watched = await openPage(workspace.origin, {
      viewport: { width: 360, height: 740 },
      javaScriptEnabled: false,
    });
    const { page } = watched;
    await page.goto(workspace.url(views.find(({ name }) => name === 'thread-draft')?.path ?? ''));
    await page.getByRole('link', { name: 'Search conversations' }).click();
    await page.locator('.search input:focus').waitFor();
    await watched.context.close();
    assert.deepEqual(watched.complaints, []);
  });

  it('opens the customer’s facts as a drawer if there is no room for them', async () => {
    const watched = await openPage(workspace.origin, { viewport: { width: 768, height: 800 } });
    const { page } = watched;
    await page.goto(workspace.url(views.find(({ name }) => name === 'thread-draft')?.path ?? ''));
    assert.equal(await page.locator('#context').getByText('Zoë Brontë').isVisible(), false);
    await page.getByRole('link', { name: 'Show customer and record' }).click();
    await page.locator('#context').getByText('Zoë Brontë').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#context').getByText('Zoë Brontë').waitFor({ state: 'hidden' });
    await watched.context.close();
    assert.deepEqual(watched.complaints, []);
  });
});

/** What can have the focus and looks the same with it: neither it nor anything that it lies in or holds is marked. */
const unmarkedInFocus = `(() => {
  const look = (one) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
    return [outlineStyle === 'none' ? '' : outlineWidth + outlineColor, boxShadow, borderColor, backgroundColor].join();
  };
  const lookAround = (one) => [one, one.parentElement, one.parentElement.parentElement, ...one.children].map(look).join();
  const scope = document.querySelector('dialog[open]') ?? document;
  const all = [...scope.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  return all
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => {
      document.activeElement.blur();
      const before = lookAround(one);
      one.focus();
      return document.activeElement === one && lookAround(one) === before;
    })
    .map((one) => one.outerHTML.slice(0, 120));
})()`;
