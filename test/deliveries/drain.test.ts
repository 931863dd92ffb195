import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { validateConfig } from '../../src/config/config-schema.js';
import { openDatabase } from '../../src/db/connect.js';
import { createDrainer } from '../../src/deliveries/drain.js';
import { createOutcomeWriter } from '../../src/deliveries/outcome-writer.js';
import type { TopicHandler } from '../../src/deliveries/topic-handler.js';
import type { Runtime } from '../../src/runtime.js';
import { noMetrics } from '../../src/telemetry/metrics.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { noTraces } from '../../src/telemetry/traces.js';
import { createTestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('a drainer', () => {
  it('does not call a delivery that waited longer than its lease, even if no renewal released it', async () => {
    const [owed, quick, leaseMs] = [60, 40, 400];
    const database = await createTestDatabase(migrated);
    await database.query(
      `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, available_at, created_at)
       SELECT 'draft', gen_random_uuid(), n, now(), now() FROM generate_series(1, $1::int) n`,
      [owed],
    );
    const config = validateConfig({ database: { url: database.url }, worker: { concurrency: 4, leaseMs } });
    const log = pino({ level: 'silent' });
    const db = openDatabase({ ...config.database, poolSize: 3 });
    const jobs = { wake: () => {} };
    const runtime = {
      config,
      db,
      jobs,
      log,
      telemetry: createTelemetry(log),
      traces: noTraces,
      metrics: noMetrics,
    } as unknown as Runtime;
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
    const drainer = createDrainer(runtime, 'draft', handler, createOutcomeWriter(runtime));
    try {
      await drainer.run();
      const { rows } = await database.query(`SELECT DISTINCT state, attempts FROM cairnloop.deliveries`);
      assert.deepEqual(rows, [{ state: 'done', attempts: 1 }]);
      assert.equal(waits.length, owed);
      assert.ok(Math.max(...waits) < leaseMs, `called ${Math.max(...waits).toFixed(0)} ms after it was loaded`);
    } finally {
      await drainer.stop();
      await db.close();
      await database.drop();
    }
  });
});
