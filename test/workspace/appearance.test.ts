import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage, type WatchedPage } from '../support/browser.js';
import type { StartedHost } from '../support/started-host.js';
import { savedRepliesFolder, startEveryView, type View } from './every-view.js';
import { type ServedWorkspace, serveWorkspace } from './served-workspace.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Git-ignored; to be looked at by people. */
const screenshots = fileURLToPath(new URL('../../.cairnloop/screenshots/', import.meta.url));

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

  async function assertAxeClean({ page }: WatchedPage, name: string): Promise<void> {
    await page.addScriptTag({ path: axe });
    const found = await page.evaluate<{ violations: string[]; passes: number }>(
      `axe.run(document).then(({ violations, passes }) => ({
        violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')),
        passes: passes.length,
      }))`,
    );
    assert.deepEqual(found.violations, [], name);
    assert.ok(found.passes > 15, `${name}: axe looked at ${found.passes} rules`);
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no axe violation in ${colorScheme}, on any view`, async function () {
      this.timeout(180_000);
      const watched = await openPage(workspace.origin, { colorScheme, bypassCSP: true });
      for (const view of views) {
        await show(watched, view);
        await assertAxeClean(watched, view.name);
      }
      await watched.context.close();
      assert.deepEqual(complaintsOf(watched), []);
    });

    for (const width of [360, 768, 1920]) {
      it(`has no axe violation in ${colorScheme} at ${width} pixels, in any thread`, async function () {
        this.timeout(180_000);
        const viewport = { width, height: 800 };
        const watched = await openPage(workspace.origin, { colorScheme, bypassCSP: true, viewport });
        for (const view of views.filter(({ name }) => name.startsWith('thread'))) {
          await show(watched, view);
          await assertAxeClean(watched, `${view.name} at ${width}`);
        }
        await watched.context.close();
        assert.deepEqual(complaintsOf(watched), []);
      });
    }
  }

  for (const width of [360, 768, 1280, 1920]) {
    it(`fits ${width} pixels: nothing is wider than the screen, and controls are visible (screenshots in .cairnloop)`, async function () {
      this.timeout(180_000);
      const height = width < 720 ? 740 : Math.round(width * 0.5625) + 80;
      mkdirSync(screenshots, { recursive: true });
      for (const colorScheme of width === 1280 ? (['light', 'dark'] as const) : (['light'] as const)) {
        const watched = await openPage(workspace.origin, { colorScheme, viewport: { width, height } });
        for (const view of views) {
          await show(watched, view);
          const wider = await watched.page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          assert.equal(wider, 0, `${view.name} at ${width}`);
          if (view.name === 'thread-draft')
            await assertInView(watched, ['Approve & send', 'Resolve'], { width, height });
          await watched.page.screenshot({ path: path.join(screenshots, `${view.name}-${width}-${colorScheme}.png`) });
        }
        await watched.context.close();
        assert.deepEqual(complaintsOf(watched), []);
      }
    });
  }

  async function assertInView(
    { page }: WatchedPage,
    names: string[],
    screen: { width: number; height: number },
  ): Promise<void> {
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
