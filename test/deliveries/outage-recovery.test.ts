import assert from 'node:assert/strict';
import { pino } from 'pino';
import { openDatabase } from '../../src/db/connect.js';
import type { Statement } from '../../src/db/statement.js';
import { createOutageRecovery, makeRetriesDueSoon } from '../../src/deliveries/outage-recovery.js';
import type { Runtime } from '../../src/runtime.js';
import { createTestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('the end of an outage', () => {
  /** Follows calls by a clock of the test's own; `brought` counts how often retries were brought forward. */
  function follow() {
    const seen = { brought: 0, now: 0 };
    const run = async (_: Statement) => {
      seen.brought += 1;
      return [{ brought: 3 }];
    };
    const config = { worker: { callbackTimeoutMs: 100 } };
    const runtime = { db: { run }, log: pino({ level: 'silent' }), config } as unknown as Runtime;
    const recovery = createOutageRecovery(runtime, 'outbound', () => seen.now);
    return { seen, recovery, failed: (times: number) => Array.from({ length: times }, recovery.failed) };
  }

  it('is the first success after half a minute of nothing but failures', () => {
    const { seen, recovery, failed } = follow();
    failed(10);
    seen.now = 30_000;
    failed(1);
    recovery.succeeded();
    assert.equal(seen.brought, 1);
    recovery.succeeded();
    assert.equal(seen.brought, 1, 'once');
  });

  it('is not detected with successes in between, too few failures, or too short a time', () => {
    const { seen, recovery, failed } = follow();
    failed(9);
    seen.now = 60_000;
    recovery.succeeded();
    failed(100);
    seen.now = 80_000;
    recovery.succeeded();
    for (let minute = 2; minute < 10; minute += 1) {
      seen.now = minute * 60_000;
      failed(9);
      recovery.succeeded();
    }
    assert.equal(seen.brought, 0);
  });

  it('makes deliveries of that topic that wait for a retry due, and nothing else', async () => {
    const database = await createTestDatabase(migrated);
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
    await database.query(
      `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, attempts, available_at, lease_until, state, created_at)
       SELECT topic, gen_random_uuid(), name, attempts, now() + wait, now() + lease, state, now()
       FROM (VALUES
         ('retry', 'outbound', 9, interval '8 minutes', interval '0' * NULL, 'pending'),
         ('longest retry', 'outbound', 14, '1 hour', NULL, 'pending'),
         ('due soon anyway', 'outbound', 3, '5 seconds', NULL, 'pending'),
         ('scheduled', 'outbound', 0, '10 minutes', NULL, 'pending'),
         ('being called', 'outbound', 4, '5 minutes', interval '15 seconds', 'pending'),
         ('given up', 'outbound', 20, '10 minutes', NULL, 'discarded'),
         ('of another topic', 'draft', 5, '10 minutes', NULL, 'pending')
       ) AS t (name, topic, attempts, wait, lease, state)`,
    );
    assert.equal(await makeRetriesDueSoon(db, 'outbound'), 2);
    const { rows } = await database.query(
      `SELECT dedupe_key AS name FROM cairnloop.deliveries
       WHERE available_at <= now() + interval '21 seconds' ORDER BY name`,
    );
    assert.deepEqual(
      rows.map((row) => row.name),
      ['due soon anyway', 'longest retry', 'retry'],
    );
    await db.close();
    await database.drop();
  });
});
