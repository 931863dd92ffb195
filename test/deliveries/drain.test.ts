import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { validateConfig } from '../../src/config/config-schema.js';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import type { Executor } from '../../src/db/statement.js';
import { createDeliveryDrainer } from '../../src/deliveries/drain.js';
import { createOutcomeWriter, type OutcomeWriter } from '../../src/deliveries/outcome-writer.js';
import type { TopicHandler } from '../../src/deliveries/topic-handler.js';
import type { Runtime } from '../../src/runtime.js';
import { noMetrics } from '../../src/telemetry/metrics.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { noTraces } from '../../src/telemetry/traces.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated } from '../support/started-host.js';

interface Queue {
  database: TestDatabase;
  runtime: Runtime;
}

/** A queue of due deliveries of topic `draft`, and a runtime to drain it with. */
async function withQueue(
  owed: number,
  worker: CairnloopConfig['worker'],
  work: (queue: Queue) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase(migrated);
  await database.query(
    `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, available_at, created_at)
     SELECT 'draft', gen_random_uuid(), n, now(), now() FROM generate_series(1, $1::int) n`,
    [owed],
  );
  const config = validateConfig({ database: { url: database.url }, worker });
  const log = pino({ level: 'silent' });
  const db = openDatabase({ ...config.database, poolSize: 3 });
  const parts = { config, db, log, jobs: { wake: () => {} }, telemetry: createTelemetry(log) };
  try {
    await work({ database, runtime: { ...parts, traces: noTraces, metrics: noMetrics } as unknown as Runtime });
  } finally {
    await db.close();
    await database.drop();
  }
}

const statesOf = async ({ database }: Queue) =>
  (await database.query('SELECT DISTINCT state, attempts FROM cairnloop.deliveries')).rows;

/** A drainer whose second claim is answered only after the outcome of the first one was refused. */
function drainerWithLateClaim({ runtime }: Queue, call: () => unknown) {
  let outcomeIsRefused = () => {};
  const refused = new Promise<void>((resolve) => {
    outcomeIsRefused = resolve;
  });
  let claimIsMade = () => {};
  const claimedAgain = new Promise<void>((resolve) => {
    claimIsMade = resolve;
  });
  const run = async (...given: Parameters<Executor['run']>) => {
    const rows: { claims?: number }[] = await runtime.db.run(...given);
    if (rows.some(({ claims }) => claims === 2)) {
      claimIsMade();
      await refused;
    }
    return rows;
  };
  const writer = createOutcomeWriter(runtime);
  const outcomes: Pick<OutcomeWriter, 'settle'> = {
    async settle(settlement) {
      const written = await writer.settle(settlement);
      // What the drainer does about it comes before the claim's answer.
      if (written === 'refused') setTimeout(outcomeIsRefused, 10);
      return written;
    },
  };
  const handler: TopicHandler = {
    method: 'test',
    failure: () => null,
    load: async (_, rows) => new Map(rows.map((row) => [row.id, call])),
  };
  const db = Object.create(runtime.db, { run: { value: run } }) as Database;
  const drainer = createDeliveryDrainer({ ...runtime, db }, 'draft', handler, outcomes as OutcomeWriter);
  return { drainer, claimedAgain };
}

describe('a drainer', () => {
  it('does not call a delivery that waited longer than its lease, even if no renewal released it', async () => {
    const [owed, quick, leaseMs] = [60, 40, 400];
    await withQueue(owed, { concurrency: 4, leaseMs }, async (queue) => {
      const waits: number[] = [];
      const handler: TopicHandler = {
        method: 'test',
        failure: () => null,
        async load(_, rows) {
          const loaded = performance.now();
          const call = () => {
            waits.push(performance.now() - loaded);
            return waits.length <= quick ? undefined : sleep(2 * leaseMs);
          };
          return new Map(rows.map((row) => [row.id, call]));
        },
      };
      const drainer = createDeliveryDrainer(queue.runtime, 'draft', handler, createOutcomeWriter(queue.runtime));
      try {
        await drainer.run();
        assert.deepEqual(await statesOf(queue), [{ state: 'done', attempts: 1 }]);
        assert.equal(waits.length, owed);
        assert.ok(Math.max(...waits) < leaseMs, `called ${Math.max(...waits).toFixed(0)} ms after it was loaded`);
      } finally {
        await drainer.stop();
      }
    });
  });

  it('calls nothing twice that it claimed again: that claim may be answered after the refusal of its outcome', async () => {
    await withQueue(1, {}, async (queue) => {
      let calls = 0;
      let finish = () => {};
      const { drainer, claimedAgain } = drainerWithLateClaim(queue, () => {
        calls += 1;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      });
      const drained = drainer.run();
      await eventually(() => assert.equal(calls, 1));
      await queue.database.query(`UPDATE cairnloop.deliveries SET lease_until = now() - interval '1 minute'`);
      void drainer.run();
      await claimedAgain;
      finish();
      await eventually(async () => assert.deepEqual(await statesOf(queue), [{ state: 'done', attempts: 1 }]));
      await drained;
      assert.equal(calls, 1);
      await drainer.stop();
    });
  });
});
