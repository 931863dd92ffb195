import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, isLong, sized } from './support/fault.js';
import { readiness } from './support/readiness.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults: one row blocks its neighbours', function () {
  this.timeout(180_000);
  const { build } = useArenas();

  fault(
    'F21 a foreign session holds one message while three topics are busy',
    { short: 150_000, long: 300_000 },
    async () => {
      const arena = await build({ config: { worker: { shutdownTimeoutMs: 3000, leaseMs: 2000 } } });
      const worker = await arena.worker();
      const [victim = ''] = await arena.open(1);
      const count = sized(300, 9000);
      const rounds = async () => {
        // The first one finds everything cold.
        const rates = [await rateOf(arena, count, victim)];
        const until = performance.now() + sized(0, 60_000);
        do {
          rates.push(await rateOf(arena, count, victim));
          assert.equal(await waitingBackends(arena), 0);
        } while (performance.now() < until);
        return middle(rates.slice(1));
      };
      // An open transaction keeps Postgres from removing what was settled, whether it has locked anything or not.
      const end = await hold(arena, 'SELECT txid_current()', []);
      const clean = await rounds();
      await end();
      await arena.query('VACUUM cairnloop.deliveries');

      const letGo = await holdMessageOf(arena, victim);
      await arena.query('UPDATE cairnloop.deliveries SET available_at = now() WHERE conversation_id = $1', [victim]);
      const pressed = (await rounds()) / clean;
      await eventually(async () => assert.deepEqual(await readiness(worker), [503, 'waiting']), 30_000);
      worker.current().signal('SIGTERM');
      const asked = performance.now();
      assert.equal(await worker.current().ended, 0);
      const stopSeconds = (performance.now() - asked) / 1000;
      await arena.worker();
      await sleep(2 * 2000);
      await letGo();
      const recovery = await untilDrained(arena);
      const figures = await tally(arena, []);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      if (isLong) assert.ok(pressed >= 0.9, `${pressed.toFixed(2)} of the clean rate`);
      if (isLong) assert.ok(stopSeconds <= 4, `stopped after ${stopSeconds.toFixed(1)} s`);
      const note = `${pressed.toFixed(2)} of the clean rate; exit 0 after ${stopSeconds.toFixed(2)} s`;
      return { ...figures, recovery, note };
    },
  );

  fault(
    'F22 a conversation of hundreds of megabytes stands beside small ones',
    { short: 120_000, long: 300_000 },
    async () => {
      const arena = await build();
      const [large = ''] = await arena.open(1);
      const small = await arena.open(sized(50, 500));
      await arena.query(storeMegabytes, [large, sized(60, 560)]);
      await arena.owe([large, ...small]);
      await arena.reply([large, ...small.slice(0, 10)]);
      const worker = await arena.worker();
      await eventually(() => assert.ok(arena.host.delivered() >= small.length, 'the small ones are told'), 60_000);
      const recovery = await untilDrained(arena);
      assert.deepEqual(worker.ends, []);
      const call = arena.host
        .calls()
        .find(({ conversationId, method }) => conversationId === large && method === 'onConversationResolved');
      assert.equal(call?.truncated, true);
      const megabytes =
        Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker.current().pid}/status`, 'utf8'))?.[1]) / 1000;
      assert.ok(megabytes < 500, `${megabytes.toFixed(0)} MB at most`);
      const figures = await tally(arena, [large, ...small]);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      return { ...figures, recovery, note: `${megabytes.toFixed(0)} MB of memory at most` };
    },
  );

  const ways = {
    'by a setting': {
      on: (arena: Arena) => changeSystem(arena, `ALTER SYSTEM SET default_transaction_read_only = on`),
      off: (arena: Arena) => changeSystem(arena, `ALTER SYSTEM RESET default_transaction_read_only`),
    },
    'by its role': {
      on: (arena: Arena) => changeRole(arena, 'SET default_transaction_read_only = on'),
      off: (arena: Arena) => changeRole(arena, 'RESET default_transaction_read_only', false),
    },
  };
  for (const [how, { on, off }] of Object.entries(ways)) {
    fault(
      `F23 the database turns read-only ${how} while callbacks finish`,
      { short: 120_000, long: 240_000 },
      async () => {
        const arena = await build({ ownCluster: {}, config: { worker: { leaseMs: 60_000 } } });
        const worker = await arena.worker();
        const ids = await arena.open(15, 'gate');
        await arena.resolve(ids.slice(0, 8));
        await arena.owe(ids.slice(8), 'reply');
        await eventually(() => assert.equal(arena.host.calls().length, ids.length));
        assert.deepEqual(await readiness(worker), [200, undefined]);
        await on(arena);
        arena.host.openGate();
        const turned = performance.now();
        await eventually(async () => assert.equal((await readiness(worker))[0], 503));
        const noticed = (performance.now() - turned) / 1000;
        await sleep(sized(4000, 30_000));
        await off(arena);
        const back = performance.now();
        await untilDrained(arena, back);
        const recovery = (performance.now() - back) / 1000;
        const later = await arena.open(5);
        await arena.reply(later);
        await arena.resolve(later);
        await untilDrained(arena);
        await eventually(async () => assert.deepEqual(await readiness(worker), [200, undefined]));
        assert.deepEqual(worker.ends, []);
        const figures = await tally(arena, [...ids, ...later]);
        assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
        if (isLong) assert.ok(noticed <= 5, `readiness noticed after ${noticed.toFixed(1)} s`);
        return { ...figures, recovery, note: `readiness 503 after ${noticed.toFixed(2)} s` };
      },
    );
  }
});

function middle(rates: readonly number[]): number {
  return [...rates].sort((a, b) => a - b).at(Math.floor(rates.length / 2)) ?? Number.NaN;
}

/** Owes callbacks of three topics, and returns how many were settled a second but for those of `victim`. */
async function rateOf(arena: Arena, count: number, victim: string): Promise<number> {
  const ids = await arena.open(count);
  const third = count / 3;
  const batches = [
    await arena.owe(ids.slice(0, third)),
    await arena.owe(ids.slice(third, 2 * third), 'outbound'),
    await arena.owe(ids.slice(2 * third), 'reply'),
  ];
  await eventually(async () => {
    const { rows } = await arena.query(
      `SELECT count(*)::int AS n FROM cairnloop.deliveries WHERE state = 'pending' AND conversation_id <> ALL ($1::uuid[])`,
      [[victim]],
    );
    assert.equal(rows[0].n, 0);
  }, 120_000);
  const { rows } = await arena.query(
    `SELECT extract(epoch FROM max(settled_at) - min(settled_at))::float8 AS seconds
     FROM cairnloop.deliveries WHERE created_at = ANY ($1)`,
    [batches],
  );
  return count / rows[0].seconds;
}

/** Owes an outbound message far in the future, and locks it. */
async function holdMessageOf(arena: Arena, id: string): Promise<() => Promise<void>> {
  await arena.cairnloop.outbound.trigger(id, { templateId: 't', content: 'c', scheduleInSeconds: 3600 });
  return hold(arena, 'SELECT FROM cairnloop.messages WHERE conversation_id = $1 FOR UPDATE', [id]);
}

/** Opens a transaction that then does nothing; returns how to end it. */
async function hold(arena: Arena, sql: string, values: unknown[]): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: arena.url }).on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql, values);
  return () => client.end();
}

async function waitingBackends(arena: Arena): Promise<number> {
  const { rows } = await arena.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'cairnloop%'
     AND wait_event_type = 'Lock' AND query_start < now() - interval '2 seconds'`,
  );
  return rows.length;
}

/** Each of a million bytes that hardly compress. */
const storeMegabytes = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, created_at)
  SELECT $1, 'customer', (SELECT string_agg(md5(n || '/' || m), '') FROM generate_series(1, 31250) m), now() + n * interval '1 ms'
  FROM generate_series(1, $2::int) n`;

async function changeSystem(arena: Arena, sql: string): Promise<void> {
  await asAdministrator(arena, [sql, 'SELECT pg_reload_conf()']);
}

/** Sessions that are open keep what they were opened with, so they are ended where a change is to be seen at once. */
async function changeRole(arena: Arena, how: string, endSessions = true): Promise<void> {
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'cairnloop%' AND pid <> pg_backend_pid()`;
  await asAdministrator(arena, [`ALTER ROLE CURRENT_USER ${how}`, ...(endSessions ? [end] : [])]);
}

async function asAdministrator(arena: Arena, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: arena.url });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  for (const sql of statements) await client.query(sql);
  await client.end();
}
