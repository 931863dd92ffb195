import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrations } from '../../src/db/migrations/index.js';
import { type LaterVersion, laterVersion, reinstall } from '../support/later-version.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';
import { type Arena, useArenas } from './support/arena.js';
import { type FaultFigures, fault, sized } from './support/fault.js';
import { resolveAtRate, tally, untilDrained } from './support/tally.js';

const perSecond = 200;
const workersAtOnce = 3;

/** A deploy should delay no callback by more, in milliseconds. Reported and not asserted: it depends on the machine. */
const latestMs = 1000;

/** What releases do that keep older code working: columns, a table, an index, and a topic that older workers leave alone. */
const additive = {
  name: '9001-of-a-later-version',
  worksWithCodeOf: migrations.at(-1)?.name as string,
  prepare: ['CREATE INDEX CONCURRENTLY IF NOT EXISTS deliveries_later ON $s.deliveries (created_at, topic)'],
  up: `
    ALTER TABLE $s.conversations ADD COLUMN later jsonb;
    ALTER TABLE $s.messages ADD COLUMN later text;
    ALTER TABLE $s.deliveries ADD COLUMN later text NOT NULL DEFAULT '';
    ALTER TABLE $s.audit_events ADD COLUMN later text;
    ALTER TABLE $s.worker_heartbeats ADD COLUMN later text;
    CREATE TABLE $s.later (id bigint PRIMARY KEY, conversation_id uuid REFERENCES $s.conversations (id));
    ALTER TABLE $s.deliveries DROP CONSTRAINT deliveries_topic_check;
    ALTER TABLE $s.deliveries ADD CONSTRAINT deliveries_topic_check
      CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft', 'reply', 'survey')) NOT VALID;
    INSERT INTO $s.deliveries (topic, conversation_id, dedupe_key, available_at, created_at)
    SELECT 'survey', id, id, $s.clock(), $s.clock() FROM $s.conversations LIMIT 1;`,
};

describe('faults: rolling deploys', function () {
  this.timeout(120_000);
  const { build } = useArenas();
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const limits = { short: 110_000, long: 240_000 };

  fault('three workers are restarted one after the other under 200 events a second', limits, () => deploy());

  fault('three workers are replaced by those of a later version, which migrates in the middle', limits, async () => {
    const version = laterVersion(additive);
    undo.push(version.remove);
    return deploy({ version });
  });

  fault('three workers go back to the version before, on the schema of the later one', limits, async () => {
    const version = laterVersion(additive);
    undo.push(version.remove);
    return deploy({ version, back: true });
  });

  async function deploy({ version, back = false }: { version?: LaterVersion; back?: boolean } = {}) {
    const arena = await build();
    const ids = await arena.open(sized(8000, 30_000), 'write');
    const workers = await Promise.all(Array.from({ length: workersAtOnce }, () => startWorker(arena)));
    const load = resolveAtRate(arena, ids, perSecond);
    await sleep(sized(1000, 5000));
    if (version) await version.run(arena.host, ['migrate']);
    version?.installIn(arena.host);
    const replaced = await replaceEach(arena, workers);
    if (back) {
      reinstall(arena.host);
      await replaceEach(arena, replaced);
    }
    await sleep(sized(1000, 5000));
    await load.stop();
    const survey = `topic = 'survey'`;
    if (version) await arena.query(`DELETE FROM cairnloop.deliveries WHERE ${survey}`);
    const recovery = await untilDrained(arena);
    return judged(arena, load.accepted, recovery);
  }

  async function startWorker(arena: Arena): Promise<WorkerProcess> {
    const program = path.join(arena.host.folder, 'node_modules/cairnloop/bin/cairnloop.js');
    const worker = await startWorkerProcess(arena.host, [], {}, program);
    undo.push(() => worker.signal('SIGKILL'));
    return worker;
  }

  /** As an orchestrator that allows one worker fewer: the next one is stopped once the one before is replaced. */
  async function replaceEach(arena: Arena, workers: readonly WorkerProcess[]): Promise<WorkerProcess[]> {
    const replaced: WorkerProcess[] = [];
    for (const worker of workers) {
      worker.signal('SIGTERM');
      assert.equal(await worker.ended, 0, worker.stderr());
      replaced.push(await startWorker(arena));
    }
    return replaced;
  }
});

async function judged(arena: Arena, accepted: readonly string[], recovery: number): Promise<FaultFigures> {
  const figures = await tally(arena, accepted);
  assert.equal(figures.lost, 0);
  assert.equal(figures.repeated, 0);
  assert.ok(figures.accepted > 0);
  return { ...figures, recovery, note: await lateness(arena) };
}

/** How long after its commit each callback began. */
async function lateness(arena: Arena): Promise<string> {
  const { rows } = await arena.query<{ id: string; at: Date }>(
    'SELECT id, created_at AS at FROM cairnloop.deliveries WHERE attempts > 0',
  );
  const committed = new Map(rows.map(({ id, at }) => [id, at.getTime()]));
  const late = arena.host
    .calls()
    .filter(({ at, deliveryId }) => at === 'start' && committed.has(deliveryId))
    .map(({ time, deliveryId }) => time - (committed.get(deliveryId) ?? 0))
    .sort((a, b) => a - b);
  const at = (part: number) => late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? 0;
  const mark = at(1) <= latestMs ? 'held' : '**missed**';
  return `callbacks began after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms (${latestMs}: ${mark}), of ${late.length}`;
}
