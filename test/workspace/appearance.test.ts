import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { err, ok } from '../../src/contracts/result.js';
import { openPage, type WatchedPage } from '../support/browser.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, policies, type StartedHost, start } from '../support/started-host.js';
import { type ServedWorkspace, serveWorkspace } from './served-workspace.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Git-ignored; to be looked at by people. */
const screenshots = fileURLToPath(new URL('../../.cairnloop/screenshots/', import.meta.url));

interface View {
  name: string;
  path: string;
  /** Run in the page before it is looked at. */
  act?: string;
}

describe('the look of the workspace', () => {
  let host: StartedHost;
  let workspace: ServedWorkspace;
  let views: View[];

  before(async function () {
    this.timeout(120_000);
    const { notifier } = recordingNotifier(({ message }) => {
      if (message?.content.includes('bounce')) throw new Error('550 mailbox unavailable');
      return undefined;
    });
    host = await start(
      {
        notifier,
        worker: { maxAttempts: 1 },
        contextProvider: { getContext: (id) => (id === 'gone' ? err('down') : ok(facts)) },
        automationPolicy: {
          decide: ({ summary }) => decisions[summary as keyof typeof decisions] ?? 'require_approval',
        },
        slaPolicyProvider: policies(
          { priority: 'high', responseMinutes: 60, breachMinutes: 240 },
          { priority: 'normal', responseMinutes: 240, breachMinutes: 1440 },
          { priority: 'odd', responseMinutes: 9, breachMinutes: 1 },
        ),
      },
      await createTestDatabase(migrated),
    );
    await host.cairnloop.worker.start();
    workspace = await serveWorkspace(host, { title: 'Acme Support' });
    views = await fill();
  });
  after(async () => {
    await workspace.close();
    await host.cairnloop.close();
    await host.database.drop();
  });

  const decisions = { prepared: 'draft_only', allowed: 'allow', denied: 'deny' } as const;
  const facts = {
    'User Details': {
      name: 'Zoë Brontë',
      email: 'zoe@example.com',
      lifetimeValue: '$4,210',
      token: 'long-and-without-a-space-'.repeat(16),
      since: new Date('2023-04-01'),
    },
    'Active plan': { tier: 'Business', seats: 42, site: 'https://example.com/accounts/42' },
    'Recent orders': [
      { id: 'A-1009', total: '$129.00' },
      { id: 'A-1001', total: '$18.00' },
    ],
  };

  /** Every state that a page can be in, in a handful of conversations. */
  async function fill(): Promise<View[]> {
    const { cairnloop, database } = host;
    const open = async (subject: string, more: Parameters<typeof cairnloop.conversations.open>[0] = {}) =>
      (
        await cairnloop.conversations.open({
          actorId: 'zoe@example.com',
          subject,
          message: 'Since yesterday it fails.',
          ...more,
        })
      ).id;
    const busy = await open('Cannot export my invoices as PDF', { priority: 'high', tags: ['billing', 'emea'] });
    await cairnloop.conversations.reply(busy, { content: 'Which browser do you use?', actor: operator });
    await cairnloop.conversations.note(busy, { content: 'Engineering knows of it.', actor: operator });
    await cairnloop.conversations.receive(busy, { content: 'Firefox. See https://example.com/shot' });
    await cairnloop.drafts.propose(busy, { type: 'reply', content: 'A prepared answer.', summary: 'prepared' });
    const draft = await cairnloop.drafts.propose(busy, {
      type: 'reply',
      content: 'A fix is on its way and will reach you within the hour.',
      riskTier: 'high',
      evidence: [{ source: 'Status page', quote: 'Export fails in Firefox', url: 'https://status.example.com/77' }],
    });
    const outbound = await open('Refund for a duplicate charge', { metadata: { customerName: 'Tomás Ñuñez' } });
    await cairnloop.drafts.propose(outbound, { type: 'reply', content: 'It was refunded.', summary: 'allowed' });
    await cairnloop.drafts.propose(outbound, { type: 'reply', content: 'No', summary: 'denied' });
    for (const content of ['Your refund is on its way.', 'This will bounce.']) {
      await cairnloop.outbound.trigger(outbound, { templateId: 'refund', content, actor: operator });
    }
    await cairnloop.outbound.trigger(outbound, {
      templateId: 'later',
      content: 'Did it arrive?',
      scheduleInSeconds: 9000,
      actor: operator,
    });
    const edited = await cairnloop.drafts.propose(outbound, { type: 'reply', content: 'Three working days.' });
    await cairnloop.drafts.edit(edited.id, { content: 'Two working days.', actor: operator });
    const resolved = await open('Change of address', { actorId: 'gone' });
    await cairnloop.conversations.resolve(resolved, { resolvedBy: operator });
    await cairnloop.conversations.submitCsat(resolved, 'positive');
    const anonymous = await open('Who is this?', { actorId: null });
    await cairnloop.sla.pause(anonymous, { reason: 'waiting for a partner', actor: operator });
    const late = await open('Webhooks stopped');
    const soon = await open('API returns 429');
    await database.query(
      `update cairnloop.slas set started_at = now() - interval '5 h', response_due_at = now() - interval '4 h', breach_at = now() + interval '30 min' where conversation_id = $1`,
      [soon],
    );
    await database.query(
      `update cairnloop.slas set status = 'breached', completed_at = now(), ended_by = 'breached', breach_at = now() where conversation_id = $1`,
      [late],
    );
    await eventually(async () =>
      assert.equal((await cairnloop.deliveries.list({ state: 'discarded' })).items.length, 1),
    );
    const unfold = `document.querySelectorAll('details').forEach((one) => { one.open = true; })`;
    return [
      { name: 'inbox', path: '/' },
      { name: 'inbox-selecting', path: '/?select=1' },
      { name: 'inbox-empty', path: '/?q=nothinglikeit' },
      { name: 'thread-draft', path: `/c/${busy}` },
      { name: 'thread-unfolded', path: `/c/${busy}`, act: unfold },
      { name: 'thread-editing', path: `/c/${busy}?edit=${draft.id}` },
      { name: 'thread-outbound', path: `/c/${outbound}`, act: unfold },
      { name: 'thread-note', path: `/c/${outbound}?write=note` },
      { name: 'thread-resolved', path: `/c/${resolved}?filter=resolved&done=resolved` },
      { name: 'thread-anonymous', path: `/c/${anonymous}?write=follow-up` },
      { name: 'thread-breached', path: `/c/${late}?filter=breached#rail` },
      { name: 'help', path: '/', act: `document.querySelector('[data-help]').click()` },
      { name: 'bulk', path: `/bulk?id=${busy}&id=${outbound}` },
      { name: 'bulk-refused', path: '/bulk' },
      { name: 'audit', path: '/audit' },
      { name: 'deliveries', path: '/deliveries' },
      { name: 'deliveries-discarded', path: '/deliveries?state=discarded' },
      { name: 'sla', path: '/sla' },
      { name: 'report', path: '/report?days=7', act: unfold },
      { name: 'report-list', path: '/report/opened?days=7' },
      { name: 'not-found', path: '/nowhere' },
    ];
  }

  async function show({ page }: WatchedPage, view: View): Promise<void> {
    await page.goto('about:blank');
    await page.goto(workspace.url(view.path));
    await page.locator('html.scripted').waitFor();
    if (view.act) await page.evaluate(view.act);
  }

  const complaintsOf = ({ complaints }: WatchedPage) => complaints.filter((one) => !one.includes('status of 404'));

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`gives axe nothing to find in ${colorScheme}, on any view`, async function () {
      this.timeout(180_000);
      const watched = await openPage(workspace.origin, { colorScheme, bypassCSP: true });
      for (const view of views) {
        await show(watched, view);
        await watched.page.addScriptTag({ path: axe });
        const found = await watched.page.evaluate<{ violations: string[]; passes: number }>(
          `axe.run(document).then(({ violations, passes }) => ({
            violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')),
            passes: passes.length,
          }))`,
        );
        assert.deepEqual(found.violations, [], view.name);
        assert.ok(found.passes > 15, `${view.name}: axe looked at ${found.passes} rules`);
      }
      await watched.context.close();
      assert.deepEqual(complaintsOf(watched), []);
    });
  }

  for (const width of [360, 768, 1280, 1920]) {
    it(`fits ${width} pixels: nothing is wider than the screen, what one works with is on it (screenshots in .cairnloop)`, async function () {
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
            await assertInView(watched, ['Approve & send', 'Send reply', 'Resolve'], { width, height });
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

  it('follows the system, and remembers what was chosen instead', async () => {
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

  it('leads to the search where there is no room for its field', async () => {
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

  it('opens the customer’s facts as a drawer where there is no room for them', async () => {
    const watched = await openPage(workspace.origin, { viewport: { width: 768, height: 800 } });
    const { page } = watched;
    await page.goto(workspace.url(views.find(({ name }) => name === 'thread-draft')?.path ?? ''));
    assert.equal(await page.getByText('Zoë Brontë').isVisible(), false);
    await page.getByRole('link', { name: 'Show customer and record' }).click();
    await page.getByText('Zoë Brontë').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Zoë Brontë').waitFor({ state: 'hidden' });
    await watched.context.close();
    assert.deepEqual(watched.complaints, []);
  });
});
