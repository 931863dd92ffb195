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
const conversations = 1000;
/** How long an operator reads before going on, in milliseconds: neighbours are fetched meanwhile. */
const readingMs = 6_000;
const slow = { latency: 400, bytesPerSecond: 50 * 1024 };

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
    const fast = await nextConversation(workspace, { readingMs: 300 });
    say(`next conversation on loopback: ${figure(fast)} ms`);
    const slowly = await nextConversation(workspace, { readingMs, line: slow });
    say(`next conversation on the slow line: ${figure(slowly)} ms`);
    const unfetched = await nextConversation(workspace, { readingMs: 0, line: slow, prefetch: false });
    say(`the same without prefetch: ${figure(unfetched)} ms`);
    return report({ sizes: sizesOf(html), fast, slowly, unfetched }, await server.version());
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

/** From the click on the next line of the queue to its page being painted, the median of several. */
async function nextConversation(workspace, { readingMs: pause, line, prefetch = true }) {
  const { page, context } = await openPage(new URL(workspace.url('/')).origin);
  const network = await context.newCDPSession(page);
  await page.goto(workspace.url('/'));
  await page.locator('.row-link').first().click();
  await page.locator('html.scripted #composer').waitFor();
  if (!prefetch) await page.route('**/neighbours.rules', (route) => route.abort());
  if (line) await throttle(network, line);
  const times = [];
  for (let round = 0; round < (line ? 5 : rounds); round += 1) {
    await page.waitForTimeout(pause);
    const before = page.url();
    await page.locator('.row:has([aria-current]) + .row > .row-link').click({ noWaitAfter: true });
    await page.waitForURL((address) => address.href !== before);
    await page.locator('html.scripted #composer').waitFor();
    times.push(await page.evaluate(painted));
  }
  await context.close();
  return median(times);
}

function throttle(network, { latency, bytesPerSecond }) {
  const conditions = { offline: false, latency, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  return network.send('Network.enable').then(() => network.send('Network.emulateNetworkConditions', conditions));
}

/** Milliseconds from the start of the navigation to the first paint with content. */
const painted = `new Promise((resolve) => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (paint) resolve(paint.startTime);
    else setTimeout(look, 20);
  };
  look();
})`;

function report({ sizes, fast, slowly, unfetched }, version) {
  return {
    title: 'Workspace',
    about: `Postgres ${version}, embedded; ${figure(conversations)} conversations, threads of two messages, one of 40; Chromium. From the start of the navigation to the next conversation until it is painted; medians of ${rounds}, on the slow line of 5 (${slow.latency} ms latency, ${slow.bytesPerSecond / 1024} KB/s, ${readingMs / 1000} s of reading before each).`,
    tables: [
      {
        head: ['thread page', 'KB'],
        rows: Object.entries(sizes).map(([how, bytes]) => [how, figure(bytes / 1024)]),
      },
      {
        head: ['next conversation', 'ms'],
        rows: [
          ['loopback', figure(fast)],
          ['slow line', figure(slowly)],
          ['slow line, not fetched in advance', figure(unfetched)],
        ],
      },
    ],
    marks: [
      atMost('thread page, gzip', sizes.gzip / 1024, 40, 'KB'),
      atMost('next conversation, loopback', fast, 100),
      atMost('next conversation, slow line', slowly, 1000),
    ],
  };
}

const insertLongThread = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  SELECT $1, CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'operator' END,
    'Message ' || n || ': I looked at the tracking page again this morning, and it still says that the parcel waits at the depot since Monday.',
    '{"id": "someone"}', now() + make_interval(secs => n)
  FROM generate_series(1, 40) n`;
