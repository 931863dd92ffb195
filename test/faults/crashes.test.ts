import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { operator } from '../support/started-host.js';
import { useArenas } from './support/arena.js';
import { fault, isLong, seeded, sized } from './support/fault.js';
import { resolveAtRate, tally, untilDrained } from './support/tally.js';

describe('faults: workers that die', function () {
  this.timeout(120_000);
  const { build } = useArenas();

  const underLoad = { short: 60_000, long: 180_000 };

  fault('F1 one of two workers is killed again and again under load', underLoad, async () => {
    const figures = await killUnderLoad('write');
    // What was in flight when a worker died is what is under way at that rate: hardly anything for callbacks this short.
    const { accepted, repeated } = figures;
    if (isLong) assert.ok(repeated <= 0.005 * accepted, `${repeated} of ${accepted} repeated`);
    return figures;
  });

  fault('F1 one of two workers is killed under load, with callbacks of 20 ms', underLoad, () =>
    killUnderLoad('sleep 20'),
  );

  fault(
    'F1 one of two workers is killed while replies fail and succeed: each is delivered, in order',
    underLoad,
    async () => {
      const { seed, random } = seeded();
      const arena = await build({ config: { worker: { concurrency: 20, leaseMs: 1000 } } });
      const { conversations } = arena.cairnloop;
      const ids = await arena.open(sized(60, 600), 'sleep 5');
      const workers = await Promise.all([arena.worker({ supervised: true }), arena.worker({ supervised: true })]);
      const each = sized(6, 12);
      const kills = sized(3, 12);
      const load = (async () => {
        for (let n = 0; n < each; n += 1) {
          arena.host.away(n === 1);
          await Promise.all(ids.map((id) => conversations.reply(id, { content: String(n), actor: operator })));
          await sleep(300);
        }
        arena.host.away(false);
      })();
      for (let kill = 0; kill < kills; kill += 1) {
        await sleep(900);
        workers[Math.floor(random() * workers.length)]?.current().signal('SIGKILL');
      }
      await load;
      const recovery = await untilDrained(arena, performance.now(), sized(60_000, 150_000));
      const calls = arena.host.calls();
      const ended = new Set(calls.filter(({ at }) => at === 'end').map(({ messageId }) => messageId));
      const { rows } = await arena.query<{ id: string; sent: boolean; conversation: string }>(
        `SELECT id, status = 'sent' AS sent, conversation_id AS conversation FROM cairnloop.messages
       WHERE role = 'operator' ORDER BY created_at, id`,
      );
      assert.equal(rows.length, each * ids.length);
      assert.deepEqual(
        rows.filter(({ id, sent }) => !sent || !ended.has(id)),
        [],
      );
      for (const conversation of ids) {
        const written = rows.filter((row) => row.conversation === conversation).map(({ id }) => id);
        const finished = calls.filter((call) => call.at === 'end' && call.conversationId === conversation);
        assert.deepEqual([...new Set(finished.map(({ messageId }) => messageId))], written);
      }
      const repeated = calls.filter(({ at }) => at === 'end').length - rows.length;
      assert.ok(repeated <= kills * 20, `${repeated} repeated after ${kills} kills`);
      return {
        accepted: rows.length,
        delivered: ended.size,
        lost: 0,
        repeated,
        recovery,
        seed,
        note: `${kills} kills`,
      };
    },
  );

  async function killUnderLoad(deed: string) {
    const { seed, random } = seeded();
    const concurrency = 20;
    const arena = await build({ config: { worker: { concurrency, leaseMs: 1000 } } });
    const ids = await arena.open(sized(1500, 20_000), deed);
    const workers = await Promise.all([arena.worker({ supervised: true }), arena.worker({ supervised: true })]);
    const load = resolveAtRate(arena, ids, sized(300, 700));
    const kills = sized(4, 28);
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(900);
      const victim = workers[Math.floor(random() * workers.length)]?.current();
      victim?.signal('SIGKILL');
    }
    const lastKill = performance.now();
    await load.stop();
    const recovery = await untilDrained(arena, lastKill);
    const figures = await tally(arena, load.accepted);
    assert.equal(figures.lost, 0);
    assert.ok(figures.repeated <= kills * concurrency, `${figures.repeated} repeated after ${kills} kills`);
    return { ...figures, recovery, seed, note: `${kills} kills` };
  }

  fault(
    'F6 callbacks that exit, block and exhaust the memory of their process',
    { short: 90_000, long: 240_000 },
    async () => {
      const maxAttempts = 3;
      const arena = await build({ config: { worker: { leaseMs: 3000, callbackTimeoutMs: 1000, maxAttempts } } });
      const poison = (await Promise.all(['exit', 'loop', 'oom'].map((deed) => arena.open(1, deed)))).flat();
      const calm = await arena.open(sized(200, 2000));
      const env = { NODE_OPTIONS: '--max-old-space-size=80' };
      const workers = await Promise.all([
        arena.worker({ supervised: true, env }),
        arena.worker({ supervised: true, env }),
      ]);
      await arena.resolve(calm.slice(0, calm.length / 2));
      await arena.resolve(poison);
      const replied = await arena.open(sized(20, 200));
      await arena.reply(replied);
      await arena.resolve(calm.slice(calm.length / 2));
      const recovery = await untilDrained(arena, performance.now(), sized(80_000, 220_000));
      const { rows } = await arena.query(
        `SELECT conversation_id AS id, attempts, last_error FROM cairnloop.deliveries WHERE state = 'discarded'`,
      );
      assert.deepEqual(rows.map((row) => row.id).sort(), [...poison].sort());
      for (const row of rows) assert.equal(row.attempts, maxAttempts);
      const allEnds = () => workers.flatMap((worker) => worker.ends);
      assert.ok(allEnds().includes(9), 'process.exit(9) ended a worker');
      // A worker that stands still may be the last to go: others have taken its deliveries over long before.
      await eventually(() => assert.ok(allEnds().includes('SIGKILL'), 'the watchdog ended a worker'));
      const ends = allEnds();
      const { delivered, lost, repeated, replies } = await tally(arena, calm);
      assert.deepEqual({ delivered, lost }, { delivered: calm.length + replied.length, lost: 0 });
      return {
        accepted: calm.length + replied.length + poison.length,
        delivered,
        replies,
        lost,
        repeated,
        recovery,
        note: `ends ${ends.join(' ')}`,
      };
    },
  );

  fault('F8 a worker is frozen in the middle of a drain', { short: 60_000, long: 60_000 }, async () => {
    const leaseMs = 2000;
    const concurrency = 20;
    const arena = await build({ config: { worker: { leaseMs, concurrency } } });
    // However fast it is, it stops in the middle: there its callbacks wait at the gate, as many as it makes at once.
    const count = sized(1500, 10_000);
    const before = await arena.open(count / 2);
    const gated = await arena.open(concurrency, 'gate');
    const after = await arena.open(count / 2);
    const ids = [...before, ...gated, ...after];
    await arena.owe(ids);
    const replied = await arena.open(sized(100, 1000));
    await arena.reply(replied);
    const frozen = await arena.worker();
    await eventually(async () => {
      const calls = arena.host.calls();
      const atTheGate = calls.filter(({ conversationId }) => gated.includes(conversationId));
      assert.equal(atTheGate.length, concurrency);
      // What has ended and is not settled is called again too: of that, nothing is left when it is frozen.
      const ended = new Set(calls.filter(({ at }) => at === 'end').map(({ deliveryId }) => deliveryId));
      const { rows } = await arena.query(`SELECT id FROM cairnloop.deliveries WHERE state = 'done' OR topic = 'reply'`);
      assert.deepEqual(rows.map(({ id }) => id).sort(), [...ended].sort());
    }, 40_000);
    frozen.current().signal('SIGSTOP');
    const stopped = performance.now();
    arena.host.openGate();
    await arena.worker();
    const recovery = await untilDrained(arena, stopped);
    frozen.current().signal('SIGCONT');
    await sleep(1000);
    const figures = await tally(arena, [...ids, ...replied]);
    assert.equal(figures.lost, 0);
    // What it had called, and not what it had claimed ahead.
    assert.ok(figures.repeated <= concurrency, `${figures.repeated} repeated`);
    return { ...figures, recovery };
  });

  fault('F8 a worker is frozen for three leases and thawed', { short: 60_000, long: 60_000 }, async () => {
    const leaseMs = sized(2000, 3000);
    const arena = await build({ config: { worker: { leaseMs } } });
    const ids = await arena.open(10, 'gate');
    const frozen = await arena.worker();
    const { pid } = frozen.current();
    await arena.resolve(ids.slice(0, 5));
    await arena.owe(ids.slice(5), 'reply');
    await eventually(() => assert.equal(arena.host.calls().length, ids.length));
    frozen.current().signal('SIGSTOP');
    arena.host.openGate();
    const started = performance.now();
    // Only the lease of the frozen one has to run out.
    arena.host.configure({ worker: { leaseMs: 15_000 } });
    const other = await arena.worker();
    await sleep(3 * leaseMs);
    const recovery = await untilDrained(arena, started);
    const before = await settledRows();
    other.current().signal('SIGTERM');
    assert.equal(await other.current().ended, 0);
    frozen.current().signal('SIGCONT');
    await eventually(() => {
      const ended = arena.host.calls().filter((call) => call.at === 'end' && call.pid === pid);
      assert.equal(ended.length, ids.length);
    });
    const figures = await tally(arena, ids);
    assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: ids.length });

    // It settles one group after the other: once these are, it has tried to settle those that it was frozen with.
    const later = await arena.open(40);
    await arena.resolve(later);
    await untilDrained(arena);
    const calls = arena.host.calls().filter(({ conversationId }) => later.includes(conversationId));
    assert.deepEqual(new Set(calls.map((call) => call.pid)), new Set([pid]), 'the thawed worker works on');
    assert.deepEqual(await settledRows(), before, 'of what it was frozen with it wrote nothing');
    assert.ok(before.every((row) => row.state === 'done' && row.attempts === 2));
    return { ...figures, recovery };

    async function settledRows() {
      const { rows } = await arena.query(
        'SELECT id, state, attempts, settled_at FROM cairnloop.deliveries WHERE conversation_id = ANY ($1) ORDER BY id',
        [ids],
      );
      return rows;
    }
  });

  fault('F10 SIGTERM with 20 running and 200 queued', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build({ config: { worker: { concurrency: 20, shutdownTimeoutMs: 20_000 } } });
    const ids = await arena.open(220, 'sleep 1500');
    const worker = await arena.worker();
    await arena.resolve(ids.slice(0, 120));
    await arena.owe(ids.slice(120), 'reply');
    const begun = () => arena.host.calls().filter(({ at }) => at === 'start').length;
    await eventually(() => assert.ok(begun() >= 20, `${begun()} begun`));
    worker.current().signal('SIGTERM');
    const asked = performance.now();
    assert.equal(await worker.current().ended, 0);
    const seconds = (performance.now() - asked) / 1000;
    const { rows } = await arena.query(
      `SELECT 1 FROM cairnloop.deliveries WHERE lease_until IS NOT NULL AND state = 'pending'
       UNION ALL SELECT 1 FROM cairnloop.agenda_jobs WHERE locked_at IS NOT NULL`,
    );
    assert.deepEqual(rows, [], 'no lease and no lock is left');
    const done = arena.host.calls().filter(({ at }) => at === 'end').length;
    assert.equal(done, begun(), 'what had begun was finished');
    const left = await arena.query(
      `SELECT count(*)::int AS n FROM cairnloop.deliveries WHERE state = 'pending' AND attempts = 0`,
    );
    assert.equal(left.rows[0].n, ids.length - done, 'the others wait as if nobody had claimed them');
    return {
      accepted: ids.length,
      delivered: done,
      lost: 0,
      repeated: 0,
      note: `exit 0 after ${seconds.toFixed(2)} s`,
    };
  });
});
