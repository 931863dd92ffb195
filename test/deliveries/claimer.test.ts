import assert from 'node:assert/strict';
import pg from 'pg';
import { validateConfig } from '../../src/config/config-schema.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { claimDeliveries, renewLeases, suspectDeliveryClaimStatement } from '../../src/deliveries/claim.js';
import { createDeliveryClaimer } from '../../src/deliveries/claimer.js';
import { settleDeliveries } from '../../src/deliveries/settle.js';
import { selectDueTopics } from '../../src/worker/sweep.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('what a worker claims', () => {
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
  });

  const owe = async (count: number, lost = 0, since = '1 minute'): Promise<string[]> => {
    const { rows } = await database.query(
      `INSERT INTO cairnloop.deliveries
         (topic, conversation_id, dedupe_key, available_at, created_at, attempts, claims, leases_lost, lease_until)
       SELECT 'outbound', gen_random_uuid(), gen_random_uuid(), now() - $3::interval, now(), $2, $2, $2,
         CASE WHEN $2 > 0 THEN now() - interval '1 second' END
       FROM generate_series(1, $1::int) RETURNING id`,
      [count, lost, since],
    );
    return rows.map((row) => row.id);
  };

  it('is a delivery that may have killed a worker only if nothing else is due, or if it has waited long', async () => {
    const [suspect] = await owe(1, 1);
    const calm = await owe(4);
    let now = 0;
    const claimer = createDeliveryClaimer(
      { config: validateConfig({ database: { url: database.url } }), db },
      'outbound',
      () => now,
    );
    const next = async () => (await claimer.next(1)).map((row) => row.id);
    assert.ok(calm.includes((await next())[0] ?? ''));
    now += 11_000;
    assert.deepEqual(await next(), [suspect]);
    now += 11_000;
    assert.ok(calm.includes((await next())[0] ?? ''), 'one at a time');
    claimer.released(suspect ?? '');
    await next();
    await next();
    const [another] = await owe(1, 1);
    assert.deepEqual(await next(), [another], 'nothing else is due');
  });

  it('continues from the last claim while scans of the start of the queue are slow', async () => {
    const looks: string[] = [];
    const watched: Pick<Database, 'run'> = {
      run: (statement, ...params) => {
        const [claim] = params as [{ from?: unknown }?];
        looks.push(claim?.from === '-infinity' ? 'start' : 'last');
        return db.run(statement, ...params);
      },
    };
    let now = 0;
    // Every look takes a second of this clock, so the start is not due again for long.
    const claimer = createDeliveryClaimer(
      { config: validateConfig({ database: { url: database.url } }), db: watched as Database },
      'outbound',
      () => (now += 500),
    );
    await owe(2, 0, '10 seconds');
    await claimer.next(2);
    await owe(3, 0, '1 minute');
    assert.equal((await claimer.next(1)).length, 1);
    assert.equal((await claimer.next(1)).length, 1);
    assert.deepEqual(looks, ['start', 'last', 'start', 'last']);
  });

  it('reads rows kept by an old snapshot once, not once per delivery', async () => {
    const settled = 4000;
    await owe(settled);
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM cairnloop.deliveries');
      await database.query("UPDATE cairnloop.deliveries SET state = 'done', settled_at = now()");
      await database.query('ANALYZE cairnloop.deliveries');
      await owe(200);
      await owe(20, 1);
      const claims = "SELECT FROM cairnloop.claim_deliveries('outbound', 200, 15000, '-infinity')";
      const suspects = suspectDeliveryClaimStatement
        .text('cairnloop')
        .replaceAll('$1', "'outbound'")
        .replaceAll('$2', '15000');
      const read = { claims: await blocksRead(database, claims), suspects: await blocksRead(database, suspects) };
      assert.ok(read.claims < 3 * settled && read.suspects < 100, JSON.stringify(read));
    } finally {
      await holder.end();
    }
  });

  it('is found per topic, without reading the rows of a busy topic for an empty one', async () => {
    await owe(5000);
    await database.query('VACUUM ANALYZE cairnloop.deliveries');
    const topics = "ARRAY['sla_breach', 'draft']";
    const look = selectDueTopics
      .text('cairnloop')
      .replaceAll('$1', topics)
      .replaceAll('$2', '1000')
      .replaceAll('$3', topics);
    const read = await blocksRead(database, look);
    assert.ok(read < 50, `${read} blocks`);
  });

  it('has no lease once its outcome is written, also if a renewal was under way', async () => {
    await owe(1);
    const rows = await claimDeliveries(db, 'outbound', { limit: 1, leaseMs: 15_000 });
    const [row] = rows;
    assert.ok(row);
    await renewLeases(db, rows, 60_000);
    const lease = async () =>
      (await database.query('SELECT lease_until FROM cairnloop.deliveries')).rows[0].lease_until;
    assert.ok((await lease()) > new Date(Date.now() + 30_000));
    const outcome = { kind: 'retry', error: 'busy', delayMs: 1000 } as const;
    await settleDeliveries(db, [{ row, topic: 'outbound', outcome, seconds: 0 }]);
    await renewLeases(db, rows, 60_000);
    assert.equal(await lease(), null);
  });
});

async function blocksRead(database: TestDatabase, sql: string): Promise<number> {
  const { rows } = await database.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`);
  const { Plan } = rows[0]['QUERY PLAN'][0];
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
}
