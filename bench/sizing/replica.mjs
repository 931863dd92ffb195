import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { migrateUp } from '../../dist/db/migrate.js';
import { startEmbeddedPostgres } from '../../dist/embedded-postgres/start-embedded-postgres.js';
import { createCairnloop } from '../../dist/index.js';
import { ask, startStandby } from '../../test/support/standby.ts';
import { notifierThat } from '../contestants/cairnloop.mjs';
import { cpuOfServer } from '../support/cpu.mjs';
import { figure } from '../support/report.mjs';
import { serveWorkspace } from '../support/serve-workspace.mjs';
import { quantile } from '../support/stats.mjs';
import { fill } from './fill.mjs';

const rounds = 40;
const writes = 50;
const settings = { max_connections: '200', shared_buffers: '512MB', max_wal_size: '4GB' };

/** What pages and reports cost the server that they are asked of, and how old a streaming standby's answers are. */
export async function readReplica(conversations) {
  const primary = await startEmbeddedPostgres({ settings });
  let standby;
  try {
    await migrateUp({ url: primary.url, schema: 'cairnloop' });
    await fill(primary.url, conversations);
    await ask(primary.url, 'VACUUM ANALYZE');
    standby = await startStandby(primary);
    const servers = { primary, standby };
    const rows = [
      ['on the primary', ...(await readFrom(primary.url, servers))],
      ['on a standby', ...(await readFrom(standby.url, servers))],
    ];
    const late = await replayLag(primary.url, standby.url);
    return [
      {
        caption: `${rounds} times the queue, a thread, a search and a report, of ${figure(conversations)} conversations`,
        head: ['read', 'a page, p50 (ms)', 'CPU of the primary (s)', 'CPU of the standby (s)'],
        rows,
      },
      {
        caption: `${writes} resolutions on the primary, until a standby shows each`,
        head: ['', 'ms'],
        rows: [
          ['p50', figure(quantile(late, 0.5))],
          ['max', figure(Math.max(...late))],
        ],
      },
    ];
  } finally {
    await standby?.stop();
    await primary.stop();
  }
}

function open(url) {
  return createCairnloop(
    { database: { url }, notifier: notifierThat(() => {}, 0) },
    { logger: pino({ level: 'silent' }) },
  );
}

async function readFrom(url, { primary, standby }) {
  const cairnloop = await open(url);
  const workspace = await serveWorkspace(cairnloop);
  try {
    const [{ id }] = (await cairnloop.conversations.list({ limit: 1 })).items;
    const reads = [
      () => workspace.get('/?filter=resolved'),
      () => workspace.get(`/c/${id}`),
      () => cairnloop.conversations.list({ search: 'refund', limit: 50 }),
      () => cairnloop.report(),
    ];
    for (const read of reads) await read();
    const before = [primary, standby].map(cpuOfServer);
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const read of reads) {
        const started = performance.now();
        await read();
        times.push(performance.now() - started);
      }
    }
    const used = [primary, standby].map((server, n) => cpuOfServer(server) - before[n]);
    return [quantile(times, 0.5), ...used].map(figure);
  } finally {
    await workspace.close();
    await cairnloop.close();
  }
}

/** From the return of `resolve()` on the primary to the standby having replayed it. */
async function replayLag(primaryUrl, standbyUrl) {
  const [cairnloop, copy] = [await open(primaryUrl), await open(standbyUrl)];
  const late = [];
  try {
    for (let write = 0; write < writes; write += 1) {
      const { id } = await cairnloop.conversations.open({ actorId: 'bob' });
      await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-1' } });
      const committed = performance.now();
      for (;;) {
        const found = await copy.conversations.get(id).catch(() => undefined);
        if (found?.status === 'resolved') break;
        await sleep(1);
      }
      late.push(performance.now() - committed);
    }
    return late;
  } finally {
    await Promise.all([cairnloop.close(), copy.close()]);
  }
}
