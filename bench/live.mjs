import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createCairnloop } from '../dist/index.js';
import { sharedBrowser, stopSharedBrowser } from '../test/support/browser.ts';
import { startReceiver } from './live/receiver.mjs';
import { startServer } from './support/postgres.mjs';
import { atMost, figure } from './support/report.mjs';
import { seedConversations } from './support/seed.mjs';
import { serveWorkspace } from './support/serve-workspace.mjs';
import { quantile } from './support/stats.mjs';

const messages = 200;

/** From the commit in another process to the message standing in an operator's open page, in a real browser. */
export async function run({ say }) {
  const server = await startServer();
  const database = await seedConversations(server, 1000);
  const cairnloop = await createCairnloop({ database: { url: database.url } }, { logger: pino({ level: 'silent' }) });
  const workspace = await serveWorkspace(cairnloop);
  const receiver = await startReceiver(database.url);
  try {
    const { items } = await cairnloop.conversations.list({ limit: 1 });
    const page = await openThread(workspace.url(`/c/${items[0].id}`));
    const waits = [];
    for (let n = 0; n < messages; n += 1) {
      const content = `Message number ${n}`;
      const committedAt = await receiver.receive(items[0].id, content);
      waits.push(Math.max(0, (await shownAt(page, content)) - committedAt));
      await sleep(50 + Math.random() * 100);
    }
    say(`commit to open page: p50 ${figure(quantile(waits, 0.5))} ms, p99 ${figure(quantile(waits, 0.99))} ms`);
    return report(waits, await server.version());
  } finally {
    await stopSharedBrowser();
    await receiver.stop();
    await workspace.close();
    await cairnloop.close();
    await server.stop();
  }
}

function report(waits, version) {
  return {
    title: 'Live updates',
    about: `Postgres ${version}, embedded. Another process receives a customer's message; the page of its conversation is open in Chromium and hears of it by its stream.`,
    tables: [
      {
        head: [`of ${messages}`, 'ms'],
        rows: [
          ['p50', figure(quantile(waits, 0.5))],
          ['p90', figure(quantile(waits, 0.9))],
          ['p99', figure(quantile(waits, 0.99))],
          ['max', figure(Math.max(...waits))],
        ],
      },
    ],
    marks: [atMost('commit in another process to an open page, p99', quantile(waits, 0.99), 300)],
  };
}

/** Opens the page, and lets it note when each message appears. Polling is taken away: the stream alone is measured. */
async function openThread(url) {
  const browser = await sharedBrowser();
  const page = await browser.newPage();
  await page.addInitScript('window.setInterval = () => 0');
  await page.goto(url);
  await page.locator('html.scripted').waitFor();
  await page.evaluate(() => {
    window.shown = new Map();
    new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const { textContent } of addedNodes) {
          for (const [content] of textContent.matchAll(/Message number \d+/g)) {
            if (!window.shown.has(content)) window.shown.set(content, Date.now());
          }
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  await sleep(1000);
  return page;
}

async function shownAt(page, content) {
  const found = await page.waitForFunction((text) => window.shown.get(text), content, { timeout: 10_000 });
  return found.jsonValue();
}
