import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { eventually } from '../support/eventually.js';
import { type LosingProxy, losingProxy } from '../support/losing-proxy.js';
import { ask, promote, replicateSynchronously, startStandby } from '../support/standby.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, isLong, sized } from './support/fault.js';
import { readiness } from './support/readiness.js';
import { resolveAtRate, tally, untilDrained } from './support/tally.js';

const concurrency = 20;
const gated = 15;

describe('faults: a failover to a standby', function () {
  this.timeout(240_000);
  const { build } = useArenas();
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  const ways = {
    'the old primary is made read-only': async ({ url }: EmbeddedPostgres) => {
      await ask(url, 'ALTER SYSTEM SET default_transaction_read_only = on');
      await ask(url, 'SELECT pg_reload_conf()');
    },
    'the old primary is gone': (primary: EmbeddedPostgres) => primary.halt('immediate'),
  };
  for (const [how, demote] of Object.entries(ways)) {
    fault(
      `F23 a proxy switches to a standby while a worker drains, and it is promoted later: ${how}`,
      { short: 180_000, long: 300_000 },
      async () => {
        const { arena, host, proxy, standby } = await buildPair();
        const worker = await arena.worker();
        const ids = await arena.open(gated, 'gate');
        await arena.owe(ids, 'reply');
        await eventually(() => assert.equal(arena.host.calls().length, gated));
        const load = resolveAtRate({ ...arena, cairnloop: host }, await arena.open(sized(1500, 20_000)), 200);
        await eventually(() => assert.ok(load.accepted.length > 100, 'the load has begun'));

        await demote(arena.cluster);
        proxy.leadTo(standby.url);
        const switched = performance.now();
        arena.host.openGate();
        await eventually(async () => assert.equal((await readiness(worker))[0], 503));
        const noticed = (performance.now() - switched) / 1000;
        await eventually(() =>
          assert.rejects(host.conversations.open({}), {
            code: 'DATABASE_READ_ONLY',
            hint: /Try again after a failover/,
          }),
        );
        await sleep(sized(3000, 30_000));
        assert.equal((await readiness(worker))[0], 503, 'it is not ready while nothing can be written');

        await promote(standby);
        const promoted = await arenaOn(arena, standby);
        const back = performance.now();
        await eventually(async () => assert.deepEqual(await readiness(worker), [200, undefined]), 30_000);
        await load.stop();
        const recovery = await untilDrained(promoted, back, sized(60_000, 150_000));
        // One that nobody uses is noticed by its next probe, or closed for being idle.
        await eventually(
          () => assert.equal(proxy.openTo(arena.url), 0, 'no connection leads to the old primary'),
          30_000,
        );
        assert.deepEqual(worker.ends, []);
        const figures = await tally(promoted, [...ids, ...load.accepted]);
        assert.equal(figures.lost, 0);
        assert.ok(figures.repeated <= concurrency, `${figures.repeated} repeated`);
        const outcomes = arena.host
          .calls()
          .filter(({ conversationId, at }) => at === 'start' && ids.includes(conversationId));
        assert.equal(outcomes.length, gated, 'what had been called when it switched is not called again');
        if (isLong) assert.ok(noticed <= 5, `readiness noticed after ${noticed.toFixed(1)} s`);
        return { ...figures, recovery, note: `readiness 503 after ${noticed.toFixed(2)} s` };
      },
    );
  }

  /** A primary and its standby; the worker, and a host that produces, reach them by way of a proxy. */
  async function buildPair(): Promise<{
    arena: Arena;
    host: Cairnloop;
    proxy: LosingProxy;
    standby: EmbeddedPostgres;
  }> {
    let proxy: LosingProxy | undefined;
    const arena = await build({
      ownCluster: {},
      config: { worker: { leaseMs: 60_000, concurrency } },
      workerUrl: async (url) => {
        proxy = await losingProxy(url);
        return proxy.url;
      },
    });
    if (!proxy) throw new Error('the arena opened no proxy');
    opened.push(proxy.close);
    const standby = await startStandby(arena.cluster);
    opened.push(() => standby.stop());
    await replicateSynchronously(arena.cluster);
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {}, onReply() {} };
    const logger = pino({ level: 'silent' });
    const host = await createCairnloop({ database: { url: proxy.url }, notifier }, { logger });
    opened.push(() => host.close());
    return { arena, host, proxy, standby };
  }

  /** The same arena, whose questions are put to another server. */
  async function arenaOn(arena: Arena, { url }: EmbeddedPostgres): Promise<Arena> {
    const pool = new pg.Pool({ connectionString: url, max: 4 }).on('error', () => {});
    opened.push(() => pool.end());
    return { ...arena, url, query: pool.query.bind(pool) as pg.Pool['query'] };
  }
});
