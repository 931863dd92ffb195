import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { createCairnloop } from '../dist/index.js';
import { openPage, stopSharedBrowser } from '../test/support/browser.ts';
import { startServer, withClient } from './support/postgres.mjs';
import { atMost, figure } from './support/report.mjs';
import { seedConversations } from './support/seed.mjs';
import { serveWorkspace } from './support/serve-workspace.mjs';
import { median } from './support/stats.mjs';

const rounds = 15;
const slowRounds = 7;
const conversations = 1000;
/** How long an operator reads before going on, in milliseconds: neighbours are fetched meanwhile. */
const readingMs = { fast: 300, slow: 4_000 };
const slow = { latency: 400, bytesPerSecond: 50 * 1024 };

/** The ways to the next conversation: what an operator presses last, and what comes before it. */
const ways = {
  click: (page) => page.locator('.row:has([aria-current]) + .row > .row-link').click({ noWaitAfter: true }),
  'j, Enter': (page) => step(page, 'j'),
  'k, Enter': (page) => step(page, 'k'),
  'Resolve, which leads on': (page) =>
    page.getByRole('button', { name: 'Resolve', exact: true }).click({ noWaitAfter: true }),
};

/** The line of the queue to start from: up needs some above it, and what is resolved is not to be a start again. */
const starts = { 'k, Enter': 20, 'Resolve, which leads on': 25 };

/** What an operator waits for: the size of a thread page, and the way to the next conversation on a fast and on a slow line. */
export async function run({ say }) {
  const server = await startServer();
  const { url, drop } = await seedConversations(server, conversations);
  const cairnloop = await createCairnloop({ database: { url } }, { logger: pino({ level: 'silent' }) });
  const workspace = await serveWorkspace(cairnloop);
  try {
    const [{ id }] = (await cairnloop.conversations.list({ status: 'open', limit: 1 })).items;
    await withClient(url, (client) => client.query(insertLongThread, [id]));
    const html = await workspace.get(`/c/${id}`);
    const fast = await waysOn(workspace, say, 'loopback', {});
    const slowly = await waysOn(workspace, say, 'slow line', { line: slow });
    const { ms } = await nextConversation(workspace, 'j, Enter', { line: slow, prefetch: false });
    say(`slow line, j, Enter, not fetched in advance: ${figure(ms)} ms`);
    return report({ sizes: sizesOf(html), fast, slowly, unfetched: ms }, await server.version());
  } finally {
    await stopSharedBrowser();
    await workspace.close();
    await cairnloop.close();
    await drop();
    await server.stop();
  }
}

function sizesOf(html) {
  const brotli = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return { plain: Buffer.byteLength(html), gzip: gzipSync(html).length, brotli: brotli.length };
}

/** The median of each way, in milliseconds. */
async function waysOn(workspace, say, name, conditions) {
  const found = {};
  for (const way of Object.keys(ways)) {
    const { ms, prefetched } = await nextConversation(workspace, way, conditions);
    found[way] = ms;
    say(`${name}, ${way}: ${figure(ms)} ms, ${prefetched} fetched in advance`);
  }
  return found;
}

/** From the press that leads to the next conversation to its page being painted: the median of several. */
async function nextConversation(workspace, way, { line, prefetch = true }) {
  const { page, context } = await openPage(new URL(workspace.url('/')).origin);
  const network = await context.newCDPSession(page);
  await page.addInitScript(notePresses);
  if (!prefetch) await page.route('**/neighbours.rules', (route) => route.abort());
  await page.goto(workspace.url('/'));
  await page.evaluate("localStorage.setItem('cairnloop:auto-advance', '1')");
  await page
    .locator('.row-link')
    .nth(starts[way] ?? 0)
    .click();
  await page.locator('html.scripted #composer').waitFor();
  if (line) await throttle(network, line);
  const [times, deliveries] = [[], []];
  for (let round = 0; round < (line ? slowRounds : rounds); round += 1) {
    await page.waitForTimeout(line ? readingMs.slow : readingMs.fast);
    const before = page.url();
    await ways[way](page);
    await page.waitForURL((address) => address.href !== before, { waitUntil: 'commit' });
    await page.locator('html.scripted #composer').waitFor();
    const { ms, delivery } = await page.evaluate(painted);
    times.push(ms);
    deliveries.push(delivery);
  }
  await context.close();
  const prefetched = `${deliveries.filter((one) => one === 'navigational-prefetch').length} of ${deliveries.length}`;
  return { ms: median(times), prefetched };
}

async function step(page, key) {
  await page.keyboard.press(key);
  await page.keyboard.press('Enter');
}

/** Keeps the moment of each press for the page that it leads to. */
const notePresses = `for (const type of ['click', 'keydown'])
  addEventListener(type, ({ isTrusted }) => {
    if (isTrusted) sessionStorage.setItem('bench:pressed', performance.timeOrigin + performance.now());
  }, { capture: true });`;

function throttle(network, { latency, bytesPerSecond }) {
  const conditions = { offline: false, latency, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  return network.send('Network.enable').then(() => network.send('Network.emulateNetworkConditions', conditions));
}

/** Milliseconds from the press to the first paint with content, and how the page came. */
const painted = `new Promise((resolve) => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (!paint) return setTimeout(look, 20);
    resolve({
      ms: performance.timeOrigin + paint.startTime - Number(sessionStorage.getItem('bench:pressed')),
      delivery: performance.getEntriesByType('navigation')[0].deliveryType,
    });
  };
  look();
})`;

function report({ sizes, fast, slowly, unfetched }, version) {
  return {
    title: 'Workspace',
    about: `Postgres ${version}, embedded; ${figure(conversations)} conversations, threads of two messages, one of 40; Chromium, throttled by its own network emulation. From the press of a key or button until the next conversation is painted; medians of ${rounds} after ${readingMs.fast / 1000} s of reading each, on the slow line (${slow.latency} ms latency, ${slow.bytesPerSecond / 1024} KB/s) of ${slowRounds} after ${readingMs.slow / 1000} s.`,
    tables: [
      {
        head: ['thread page', 'KB'],
        rows: Object.entries(sizes).map(([how, bytes]) => [how, figure(bytes / 1024)]),
      },
      {
        head: ['next conversation by', 'loopback, ms', 'slow line, ms'],
        rows: [
          ...Object.keys(ways).map((way) => [way, figure(fast[way]), figure(slowly[way])]),
          ['j, Enter, not fetched in advance', '', figure(unfetched)],
        ],
      },
    ],
    marks: [
      atMost('thread page, gzip', sizes.gzip / 1024, 40, 'KB'),
      ...Object.keys(ways).flatMap((way) => [
        atMost(`next conversation by ${way}, loopback`, fast[way], 100),
        atMost(`next conversation by ${way}, slow line`, slowly[way], 1000, 'ms'),
      ]),
    ],
  };
}

const insertLongThread = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  SELECT $1, CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'operator' END,
    'Message ' || n || ': I looked at the tracking page again this morning, and it still says that the parcel waits at the depot since Monday.',
    '{"id": "someone"}', now() + make_interval(secs => n)
  FROM generate_series(1, 40) n`;
