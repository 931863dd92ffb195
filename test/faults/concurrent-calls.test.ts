import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/db/connect.js';
import { declareStatement } from '../../src/db/statement.js';
import { createTestDatabase } from '../support/database.js';
import { bin, runCli } from '../support/run-cli.js';
import { operator } from '../support/started-host.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, seeded, sized } from './support/fault.js';
import { faultHost } from './support/fault-host.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults: concurrent calls, and a crash at any moment', function () {
  this.timeout(120_000);
  const { build } = useArenas();

  fault('F9 the host crashes anywhere around its commits', { short: 60_000, long: 240_000 }, async () => {
    const { seed, random } = seeded();
    const arena = await build();
    arena.host.write('resolve-all.mjs', resolveAll);
    const crashes = sized(4, 40);
    for (let crash = 0; crash < crashes; crash += 1) {
      await arena.open(250);
      const child = spawn(process.execPath, ['resolve-all.mjs'], {
        cwd: arena.host.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await sleep(random() * 400);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const { rows } = await arena.query(resolvedWithoutDelivery);
    assert.deepEqual(rows[0], { unannounced: 0, unfounded: 0 });
    assert.deepEqual((await arena.query(repliesWithoutDelivery)).rows, []);
    await rolledBack(arena);
    const left = await arena.query('SELECT count(DISTINCT conversation_id)::int AS n FROM cairnloop.deliveries');
    await arena.worker();
    const recovery = await untilDrained(arena);
    const figures = await tally(arena, []);
    assert.deepEqual({ lost: figures.lost, accepted: figures.accepted }, { lost: 0, accepted: left.rows[0].n });
    return { ...figures, recovery, seed, note: `${crashes} crashes among ${crashes * 250} resolutions` };
  });

  fault('F11 eight processes migrate, and eight workers start, at once', { short: 90_000, long: 900_000 }, async () => {
    let started = 0;
    const rounds = sized(1, 20);
    for (let round = 0; round < rounds; round += 1) {
      const database = await createTestDatabase();
      const host = faultHost(database.url);
      const eight = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 8 }, work));
      try {
        for (const run of await eight(() => runCli(['migrate'], { cwd: host.folder }))) {
          assert.equal(run.exitCode, 0, run.stderr);
        }
        const { rows } = await database.query('SELECT name FROM cairnloop.migrations ORDER BY name');
        assert.equal(new Set(rows.map((row) => row.name)).size, rows.length);
        started += (await eight(() => bootAndStop(host.folder))).filter((code) => code === 0).length;
      } finally {
        host.remove();
        await database.drop();
      }
    }
    assert.equal(started, 8 * rounds);
    return { note: `${8 * rounds} migrations and ${started} worker starts, 0 failures` };
  });

  fault('F12 fifty of the same at once', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build();
    const { conversations, drafts, outbound } = arena.cairnloop;
    const fifty = <T>(work: (n: number) => Promise<T>) =>
      Promise.allSettled(Array.from({ length: 50 }, (_, n) => work(n)));
    const count = async (sql: string) => (await arena.query(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0].n;

    const [resolved = '', triggered = ''] = await arena.open(2);
    await fifty(() => conversations.resolve(resolved, { resolvedBy: operator }));
    assert.equal(await count(`cairnloop.deliveries WHERE topic = 'conversation_resolved'`), 1);
    assert.equal(await count(`cairnloop.messages WHERE role = 'system'`), 1);

    const message = { templateId: 't', content: 'Hello', dedupeKey: 'only once', actor: operator };
    const triggers = await fifty(() => outbound.trigger(triggered, message));
    assert.equal(triggers.filter((trigger) => trigger.status === 'fulfilled' && !trigger.value.duplicate).length, 1);
    assert.equal(await count(`cairnloop.deliveries WHERE topic = 'outbound'`), 1);

    const asked = await conversations.open({ message: 'Where is it?' });
    const draft = await drafts.propose(asked.id, { type: 'reply', content: 'On its way.' });
    const approvals = await fifty((n) => drafts.approve(draft.id, { actor: { id: `op-${n}` } }));
    assert.equal(approvals.filter((approval) => approval.status === 'fulfilled').length, 1);
    assert.equal(await count(`cairnloop.messages WHERE content = 'On its way.'`), 1);
    assert.equal(await count(`cairnloop.deliveries WHERE topic = 'reply'`), 1);
    return { accepted: 3, delivered: 3, note: '50 calls each: resolve, trigger with one key, approve' };
  });
});

/** Ten clients of a host's web process. It is killed at some moment of it. */
const resolveAll = `
  import { createCairnloop } from 'cairnloop';
  import config from './cairnloop.config.mjs';
  const cairnloop = await createCairnloop(config);
  const { items } = await cairnloop.conversations.list({ status: 'open', limit: 200 });
  const client = async () => {
    for (let next = items.pop(); next; next = items.pop()) {
      await cairnloop.conversations.reply(next.id, { content: 'first', actor: { id: 'op-7' } });
      await cairnloop.conversations.reply(next.id, { content: 'second', actor: { id: 'op-7' } });
      await cairnloop.conversations.resolve(next.id, { resolvedBy: { id: 'op-7' } });
    }
  };
  process.stdout.write('resolving');
  await Promise.all(Array.from({ length: 10 }, client));
`;

const resolvedWithoutDelivery = `
  SELECT
    count(*) FILTER (WHERE c.status = 'resolved' AND d.id IS NULL)::int AS unannounced,
    count(*) FILTER (WHERE c.status = 'open' AND d.id IS NOT NULL)::int AS unfounded
  FROM cairnloop.conversations c
  LEFT JOIN cairnloop.deliveries d ON d.conversation_id = c.id AND d.topic = 'conversation_resolved'`;

const repliesWithoutDelivery = `
  SELECT m.id FROM cairnloop.messages m
  FULL JOIN (SELECT subject_id FROM cairnloop.deliveries WHERE topic = 'reply') d ON d.subject_id = m.id
  WHERE (m.role = 'operator' AND d.subject_id IS NULL) OR (d.subject_id IS NOT NULL AND m.status IS DISTINCT FROM 'pending')`;

/** What an open transaction has written is gone with it, the delivery too. */
async function rolledBack(arena: Arena): Promise<void> {
  const [id = ''] = await arena.open(1);
  const db = openDatabase({ url: arena.url, schema: 'cairnloop', poolSize: 1 });
  const owe = declareStatement<{ id: string }>(
    'test.owe',
    (s, p) => `INSERT INTO ${s}.deliveries (topic, conversation_id, dedupe_key, available_at, created_at)
      VALUES ('conversation_resolved', ${p.id}, 'rolled back', now(), now())`,
  );
  await assert.rejects(
    db.transaction(async (tx) => {
      await tx.run(owe, { id });
      throw new Error('the host changed its mind');
    }),
  );
  await db.close();
  const { rows } = await arena.query(`SELECT FROM cairnloop.deliveries WHERE dedupe_key = 'rolled back'`);
  assert.equal(rows.length, 0);
}

/** Starts a worker, stops it once it runs, and returns its exit code. */
async function bootAndStop(cwd: string): Promise<number | null> {
  const child = spawn(process.execPath, [bin, 'worker', '--no-ops'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (bytes) => {
    // A second signal would end it at once.
    if (!said.includes('Worker is running') && `${said}${bytes}`.includes('Worker is running')) child.kill('SIGTERM');
    said += bytes;
  });
  const [code] = await ended;
  if (code !== 0) console.log(said);
  return code;
}
