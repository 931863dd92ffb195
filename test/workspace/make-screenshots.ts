/**
 * Makes the pictures in docs/screenshots: `npm run screenshots`. With `all`, every view at every width in light and dark,
 * into .cairnloop/screenshots, to be looked at; and says what axe finds in each.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { ok } from '../../src/contracts/result.js';
import { openPage, stopSharedBrowser } from '../support/browser.js';
import { createTestDatabase, stopSharedServer } from '../support/database.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, policies, type StartedHost, start } from '../support/started-host.js';
import { type ServedWorkspace, serveWorkspace } from './served-workspace.js';

const folder = (name: string) => fileURLToPath(new URL(`../../${name}/`, import.meta.url));

const me = { id: 'op-7', name: 'Maya Stone' };
const colleague = { id: 'op-8', name: 'Ben Ode' };

const customers = ['Zoë Brontë', 'Tomás Ñuñez', 'Grace Hopper', 'Li Wei', 'Amara Okafor', 'Jürgen Groß', 'Sofia Rossi'];
const questions = [
  ['Invoice total looks wrong', 'We have 42 seats, not 44. Could you look at the last invoice?', 'high'],
  ['How do I export my data?', 'I cannot find the button that you wrote about.', 'normal'],
  ['Cannot sign in since the update', 'It says that my session has expired, again and again.', 'urgent'],
  ['Refund for a duplicate charge', 'My card was charged twice on Monday.', 'normal'],
  ['Uploads fail with 502', 'Every upload above 20 MB fails since this morning.', 'high'],
  ['Change of the account owner', 'I leave the company in May; who takes over?', 'low'],
] as const;

const facts = {
  'User details': { name: 'Zoë Brontë', email: 'zoe@example.com', since: '2023-04-01', lifetimeValue: '$4,210' },
  'Active plan': { tier: 'Business', seats: 42 },
  'Recent orders': [
    { id: 'A-1009', total: '$129.00', date: '2026-03-20' },
    { id: 'A-1001', total: '$18.00', date: '2026-02-02' },
  ],
};

/** A morning of a small team. */
async function fill({ cairnloop, advance }: StartedHost): Promise<string> {
  const { conversations, drafts } = cairnloop;
  const ids: string[] = [];
  for (let index = 0; index < 18; index += 1) {
    const [subject, message, priority] = questions[index % questions.length] ?? questions[0];
    const name = customers[index % customers.length] ?? '';
    const tags = index % 3 === 0 ? ['billing'] : [];
    const { id } = await conversations.open({
      actorId: `cust_${index % 7}`,
      customer: { name },
      subject,
      message,
      priority,
      tags,
    });
    ids.push(id);
    if (index % 4 === 0) await conversations.update(id, { assignee: index % 8 === 0 ? me : colleague, actor: me });
    if (index % 5 === 1) await conversations.reply(id, { content: 'Thank you, I am looking into it.', actor: me });
    if (index === 9) await conversations.snooze(id, { until: new Date(Date.now() + 3 * 86_400_000), actor: me });
    await advance(11 * 60_000);
  }
  const [first = ''] = ids;
  await conversations.reply(first, { content: 'Thank you, Zoë. I am looking at it now.', actor: me });
  await conversations.note(first, { content: 'Billing has seen the same with two more accounts.', actor: colleague });
  await conversations.receive(first, { content: 'Any news? The books close today.' });
  await drafts.propose(first, {
    type: 'reply',
    content: 'The invoice was corrected to 42 seats. You find the new one in your account.',
    summary: 'Invoice corrected to 42 seats',
    evidence: [{ source: 'Invoice 2291', quote: '44 seats' }],
  });
  return first;
}

interface Picture {
  name: string;
  path: string;
  width: number;
  height: number;
  colorScheme: 'light' | 'dark';
}

function chosen(id: string): Picture[] {
  const thread = `/c/${id}`;
  return [
    { name: 'start-page', path: '/', width: 1280, height: 720, colorScheme: 'light' },
    { name: 'conversation', path: thread, width: 1280, height: 720, colorScheme: 'light' },
    { name: 'conversation-dark', path: thread, width: 1280, height: 720, colorScheme: 'dark' },
    { name: 'queue-phone', path: '/', width: 360, height: 640, colorScheme: 'light' },
    { name: 'conversation-phone', path: thread, width: 360, height: 640, colorScheme: 'dark' },
  ];
}

function all(id: string): Picture[] {
  const views = {
    start: '/',
    select: '/?select=1',
    thread: `/c/${id}`,
    bulk: `/bulk/snooze?id=${id}`,
    snoozed: '/?filter=snoozed',
  };
  return Object.entries(views).flatMap(([name, path]) =>
    [360, 768, 1280, 1920].flatMap((width) =>
      (['light', 'dark'] as const).map((colorScheme) => ({
        name: `${name}-${width}-${colorScheme}`,
        path,
        width,
        height: width < 720 ? 740 : Math.round(width * 0.5625),
        colorScheme,
      })),
    ),
  );
}

async function take(workspace: ServedWorkspace, pictures: Picture[], into: string, look = none): Promise<void> {
  mkdirSync(into, { recursive: true });
  for (const { name, path: at, width, height, colorScheme } of pictures) {
    const { page, context } = await openPage(workspace.origin, {
      viewport: { width, height },
      colorScheme,
      bypassCSP: true,
    });
    await page.goto(workspace.url(at));
    await page.locator('html.scripted').waitFor();
    await page.waitForTimeout(300);
    await page.screenshot({ path: path.join(into, `${name}.png`) });
    await look(page, name);
    await context.close();
  }
}

const none = async (_: Page, __: string): Promise<void> => {};

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

async function findWithAxe(page: Page, name: string): Promise<void> {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate<string[]>(
    `axe.run(document).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
  );
  if (found.length === 0) return;
  process.exitCode = 1;
  process.stderr.write(`${name}: ${found.join('\n  ')}\n`);
}

const { notifier } = recordingNotifier();
const host = await start(
  {
    notifier,
    contextProvider: { getContext: () => ok(facts) },
    slaPolicyProvider: policies(
      { priority: 'urgent', responseMinutes: 60, breachMinutes: 170 },
      { priority: 'high', responseMinutes: 120, breachMinutes: 240 },
      { priority: 'normal', responseMinutes: 480, breachMinutes: 1440 },
      { priority: 'low', responseMinutes: 1440, breachMinutes: 4320 },
    ),
  },
  await createTestDatabase(migrated),
);
const workspace = await serveWorkspace(host, { title: 'Acme Support', operator: () => me });
try {
  const id = await fill(host);
  if (process.argv[2] === 'all') await take(workspace, all(id), folder('.cairnloop/screenshots'), findWithAxe);
  else await take(workspace, chosen(id), folder('docs/screenshots'));
} finally {
  await workspace.close();
  await host.cairnloop.close();
  await host.database.drop();
  await stopSharedBrowser();
  await stopSharedServer();
}
