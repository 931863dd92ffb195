import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createCairnloop } from '../../dist/index.js';
import { notifierThat } from '../contestants/cairnloop.mjs';
import { atMost, figure } from '../support/report.mjs';
import { scaled } from '../support/scale.mjs';
import { seedConversations } from '../support/seed.mjs';
import { quantile } from '../support/stats.mjs';
import { startWorkers } from '../support/workers.mjs';

const resolutions = scaled(400);

/** From `resolve()` having returned to the callback in an idle worker, another process. */
export async function latency(server, say) {
  const database = await seedConversations(server, resolutions);
  const called = new Map();
  const workers = await startWorkers(database.url, 1, { concurrency: 20, report: true }, ({ id, at }) =>
    called.set(id, at),
  );
  const committed = await resolveAll(database.url);
  await sleep(1500);
  await workers.stop();
  await database.drop();
  const waits = [...committed].map(([id, at]) => Math.max(0, called.get(id) - at));
  const [p50, p99] = [quantile(waits, 0.5), quantile(waits, 0.99)];
  say(`commit to callback: p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`);
  return {
    tables: [
      {
        caption: 'Commit to callback, idle',
        head: ['of 400', 'ms'],
        rows: [
          ['p50', figure(p50)],
          ['p90', figure(quantile(waits, 0.9))],
          ['p99', figure(p99)],
          ['max', figure(Math.max(...waits))],
        ],
      },
    ],
    marks: [atMost('commit to callback, idle, p50', p50, 10), atMost('commit to callback, idle, p99', p99, 50)],
  };
}

/** One at a time with pauses between, as the worker is to be idle; returns when each one was committed. */
async function resolveAll(url) {
  const cairnloop = await createCairnloop(
    { database: { url }, notifier: notifierThat(() => {}, 0) },
    { logger: pino({ level: 'silent' }) },
  );
  const { items } = await cairnloop.conversations.list({ limit: 1 });
  await cairnloop.conversations.resolve(items[0].id, { resolvedBy: { id: 'warm-up' } });
  await sleep(1000);
  const committed = new Map();
  for (let page; committed.size < resolutions - 1 && page?.items.length !== 0; ) {
    page = await cairnloop.conversations.list({ status: 'open', limit: 100 });
    for (const { id } of page.items) {
      await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'operator-1' } });
      committed.set(id, performance.timeOrigin + performance.now());
      await sleep(20 + Math.random() * 60);
    }
  }
  await cairnloop.close();
  return committed;
}
