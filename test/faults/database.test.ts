import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { runCli } from '../support/run-cli.js';
import { silentProxy } from '../support/silent-proxy.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, seeded, sized } from './support/fault.js';
import { resolveAtRate, tally, untilDrained } from './support/tally.js';

describe('faults: the database', function () {
  this.timeout(120_000);
  const { build } = useArenas();

  fault('F2 Postgres restarts under load, in both modes', { short: 60_000, long: 240_000 }, async () => {
    const arena = await build({ ownCluster: {}, config: { worker: { leaseMs: 1000 } } });
    const worker = await arena.worker();
    const { pid } = worker.current();
    const load = resolveAtRate(arena, await arena.open(sized(2000, 20_000)), 200);
    let slowest = 0;
    for (let round = 0; round < sized(1, 5); round += 1) {
      for (const mode of ['fast', 'immediate'] as const) {
        await sleep(1000);
        await arena.cluster.restart(mode);
        slowest = Math.max(slowest, await secondsToNextCall(arena));
      }
    }
    await load.stop();
    await untilDrained(arena);
    assert.deepEqual(worker.ends, []);
    assert.equal(worker.current().pid, pid);
    const figures = await tally(arena, load.accepted);
    assert.equal(figures.lost, 0);
    return { ...figures, recovery: slowest, note: 'recovery: ready to first call, slowest of all restarts' };
  });

  fault('F3 two backends a second are terminated', { short: 60_000, long: 120_000 }, async () => {
    const { seed, random } = seeded();
    const arena = await build({ config: { worker: { leaseMs: 1000 } } });
    const worker = await arena.worker();
    const load = resolveAtRate(arena, await arena.open(sized(2000, 12_000)), 200);
    const until = performance.now() + sized(4000, 30_000);
    while (performance.now() < until) {
      await sleep(500);
      await arena.query(terminateOne, [Math.floor(random() * 1000)]);
    }
    const last = performance.now();
    await load.stop();
    const recovery = await untilDrained(arena, last);
    assert.deepEqual(worker.ends, []);
    const figures = await tally(arena, load.accepted);
    assert.equal(figures.lost, 0);
    return { ...figures, recovery, seed };
  });

  fault('F4 Postgres is stopped while callbacks are finishing', { short: 60_000, long: 120_000 }, async () => {
    // The leases outlast it: an outcome that was reached meanwhile is written, so that nothing is called again.
    const arena = await build({ ownCluster: {}, config: { worker: { leaseMs: sized(20_000, 60_000) } } });
    const worker = await arena.worker();
    const ids = await arena.open(15, 'gate');
    await arena.resolve(ids.slice(0, 8));
    await arena.owe(ids.slice(8), 'reply');
    await eventually(() => assert.equal(arena.host.calls().length, ids.length));
    await arena.cluster.halt('fast');
    arena.host.openGate();
    const [before, stopped] = [cpuSeconds(worker.current().pid), performance.now()];
    await sleep(sized(4000, 30_000));
    const busy = (cpuSeconds(worker.current().pid) - before) / ((performance.now() - stopped) / 1000);
    assert.ok(busy < 0.2, `the worker used ${Math.round(busy * 100)} % of a core while it waited`);
    await arena.cluster.resume();
    const recovery = await untilDrained(arena);
    assert.deepEqual(worker.ends, []);
    const figures = await tally(arena, ids);
    assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
    return { ...figures, recovery, note: `${Math.round(busy * 100)} % of a core meanwhile` };
  });

  fault('F5 Postgres is down when the worker starts', { short: 30_000, long: 30_000 }, async () => {
    const arena = await build({ ownCluster: {} });
    await arena.cluster.halt('fast');
    const { exitCode, stderr, stdout } = await runCli(['worker'], { cwd: arena.host.folder });
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^The database at 127\.0\.0\.1:\d+\/postgres cannot be reached: .+\n.+\n$/);
    await arena.cluster.resume();
    return { note: 'refuses in one sentence, exit code 1; its supervisor starts it again' };
  });

  fault('F16 no connection is left', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build({
      ownCluster: { settings: { max_connections: '30' } },
      config: { worker: { leaseMs: 1000 } },
    });
    const ids = await arena.open(60);
    await arena.reply(ids.slice(0, 20));
    await arena.resolve(ids.slice(0, 20));
    const holders = await holdAll(arena.url);
    const worker = arena.worker({ supervised: true });
    const refused = await Promise.allSettled([arena.resolve(ids.slice(20, 40)), sleep(2000)]);
    await Promise.all(holders.map((holder) => holder.end().catch(() => {})));
    const released = performance.now();
    await worker;
    await arena.resolve(ids);
    const recovery = await untilDrained(arena, released);
    const figures = await tally(arena, ids);
    assert.equal(figures.lost, 0);
    return {
      ...figures,
      recovery,
      note: `${holders.length} connections held; resolve meanwhile ${refused[0]?.status}`,
    };
  });

  fault('F17 the listening connection goes half-open, then all of them', { short: 60_000, long: 150_000 }, async () => {
    let proxy: Awaited<ReturnType<typeof silentProxy>> | undefined;
    const arena = await build({
      workerUrl: async (url) => {
        proxy = await silentProxy(url);
        return proxy.url;
      },
    });
    try {
      const ids = await arena.open(40);
      const worker = await arena.worker();
      await arena.resolve(ids.slice(0, 20));
      await untilDrained(arena);
      const silenced = await eventually(() => {
        const count = proxy?.silence('LISTEN "cairnloop_jobs') ?? 0;
        assert.ok(count > 0, 'none yet');
        return count;
      });
      await arena.reply(ids.slice(20, 30));
      await arena.resolve(ids.slice(20, 30));
      const recovery = await untilDrained(arena);
      const all = sized(0, 1) && proxy?.silence();
      await arena.reply(ids.slice(30));
      await arena.resolve(ids.slice(30));
      await untilDrained(arena, performance.now(), 100_000);
      assert.deepEqual(worker.ends, []);
      const figures = await tally(arena, ids);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      return { ...figures, recovery, note: `half-open: ${silenced} listening${all ? `, then ${all}` : ''}` };
    } finally {
      await proxy?.close();
    }
  });

  fault('F19 claims time out, deadlock and find the disk full', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build();
    const name = new URL(arena.url).pathname.slice(1);
    await arena.query(`ALTER DATABASE ${name} SET deadlock_timeout = '500ms'`);
    const worker = await arena.worker();
    const said = (words: RegExp) => eventually(() => assert.match(worker.current().stderr(), words), 30_000);
    const ids = await arena.open(30);
    await locked(arena, async () => {
      await arena.resolve(ids.slice(0, 10)).catch(() => {});
      await arena.query(`INSERT INTO cairnloop.agenda_jobs (name, next_run_at) VALUES ('notify-resolved', now())`);
      await said(/(drain failed.*|due to )(lock|statement) timeout/);
    });
    // Some may be resolved already, once the lock was gone: a reply would be refused there.
    await arena.owe(ids.slice(0, 10), 'reply');
    await arena.resolve(ids.slice(0, 10));
    await untilDrained(arena);
    await diskFull(arena, () =>
      Promise.all([
        arena.resolve(ids.slice(10, 20)),
        arena.owe(ids.slice(20), 'reply'),
        said(/No space left on device/),
      ]),
    );
    const recovery = await untilDrained(arena);
    const sent = ids.slice(20);
    await deadlocks(arena, async () => {
      await arena.owe(sent, 'outbound');
      await arena.reply(sent);
      await said(/deadlock detected/);
    });
    await untilDrained(arena);
    assert.deepEqual(worker.ends, []);
    const figures = await tally(arena, ids.slice(0, 20));
    assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
    const { rows } = await arena.query(
      `SELECT status, count(*)::int AS n FROM cairnloop.messages WHERE role = 'outbound' GROUP BY status`,
    );
    assert.deepEqual(rows, [{ status: 'sent', n: sent.length }]);
    return { ...figures, recovery };
  });
});

/** How long after now a callback begins. */
async function secondsToNextCall(arena: Arena): Promise<number> {
  const [began, known] = [performance.now(), arena.host.calls().length];
  await eventually(() => assert.ok(arena.host.calls().length > known, 'no call yet'), 20_000);
  return (performance.now() - began) / 1000;
}

const terminateOne = `
  SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'cairnloop%' ORDER BY pid
    OFFSET $1::int % greatest(1, (SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'cairnloop%'))
    LIMIT 1) victim`;

/** Processor time of a process so far. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

/** Connects until the server has none left. */
async function holdAll(url: string): Promise<pg.Client[]> {
  const holders: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: url }).on('error', () => {});
    try {
      await client.connect();
      holders.push(client);
    } catch {
      return holders;
    }
  }
}

/** Holds a lock that every claim runs into. */
async function locked(arena: Arena, meanwhile: () => Promise<unknown>): Promise<void> {
  const client = await patientClient(arena);
  await client.query('BEGIN; LOCK TABLE cairnloop.deliveries IN ACCESS EXCLUSIVE MODE');
  await meanwhile().finally(() => client.end());
}

/** Lets every change of a delivery fail as a full disk would. */
async function diskFull(arena: Arena, meanwhile: () => Promise<unknown>): Promise<void> {
  await arena.query(`CREATE FUNCTION cairnloop.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`);
  await arena.query(`CREATE TRIGGER full_disk BEFORE UPDATE ON cairnloop.deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION cairnloop.full_disk()`);
  await meanwhile();
  await arena.query('DROP TRIGGER full_disk ON cairnloop.deliveries');
}

/**
 * Lets every change of a message end as the victim of a deadlock. A settlement waits for no row, so that it never is one
 * by itself; also if the database does something else with it, its outcomes are kept.
 */
async function deadlocks(arena: Arena, meanwhile: () => Promise<unknown>): Promise<void> {
  await arena.query(`CREATE FUNCTION cairnloop.deadlock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$`);
  await arena.query(`CREATE TRIGGER deadlock BEFORE UPDATE ON cairnloop.messages
    FOR EACH STATEMENT EXECUTE FUNCTION cairnloop.deadlock()`);
  await meanwhile();
  await arena.query('DROP TRIGGER deadlock ON cairnloop.messages');
}

/** A client that waits for every lock as long as it takes, and looks for no deadlock. */
async function patientClient(arena: Arena): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: arena.url });
  await client.connect();
  await client.query(`SET statement_timeout = 0; SET deadlock_timeout = '1h'`);
  return client;
}
