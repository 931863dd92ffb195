import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { claimDeliveries } from '../../src/deliveries/claim.js';
import { settleDeliveries } from '../../src/deliveries/settle.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { moveClock } from '../support/database-clock.js';
import { migrated } from '../support/started-host.js';

const leaseMs = 1000;
const minute = 60_000;

describe('replies that wait for an earlier one of their conversation', () => {
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 2 });
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
  });

  /** So many conversations, whose first reply is retried in `retryInMs` and whose later ones are due. */
  const hold = (conversations: number, retryInMs: number, later = 1) =>
    database.query(
      `WITH conversation AS (SELECT gen_random_uuid() AS id FROM generate_series(1, $1::int))
       INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, attempts, available_at, created_at)
       SELECT 'reply', id, gen_random_uuid(), CASE n WHEN 0 THEN 1 ELSE 0 END,
         now() + make_interval(secs => CASE n WHEN 0 THEN $2::float8 ELSE -60000 END / 1000),
         now() - interval '2 minutes' + make_interval(secs => n)
       FROM conversation, generate_series(0, $3::int) n`,
      [conversations, retryInMs, later],
    );
  const take = (limit = 10) => claimDeliveries(db, 'reply', { limit, leaseMs });
  const due = async () =>
    (
      await database.query(
        'SELECT count(*)::int AS n FROM cairnloop.deliveries WHERE available_at <= cairnloop.clock()',
      )
    ).rows[0].n;
  const order = async () =>
    (await database.query('SELECT id FROM cairnloop.deliveries ORDER BY created_at')).rows.map(({ id }) => id);

  it('LP1 are read once: claims postpone them, a thousand at a time', async () => {
    await hold(2500, 10 * minute);
    const left = [];
    for (let n = 0; n < 4; n += 1) {
      assert.deepEqual(await take(), []);
      left.push(await due());
    }
    assert.deepEqual(left, [1500, 500, 0, 0]);
  });

  it('LP1 are checked again within a minute, in case the earlier one was settled by other means', async () => {
    await hold(1, 10 * minute);
    assert.deepEqual(await take(), []);
    await database.query(`UPDATE cairnloop.deliveries SET state = 'discarded', settled_at = now() WHERE attempts = 1`);
    assert.deepEqual(await take(), []);
    await moveClock(database, minute);
    assert.equal((await take()).length, 1);
  });

  it('LP1 may be claimed with the retry of the earlier one, and follow it in order without a wait', async () => {
    await hold(1, 2000, 2);
    assert.deepEqual(await take(), []);
    assert.equal(await due(), 0);
    await moveClock(database, 2000);
    const taken = [];
    for (let n = 0; n < 3; n += 1) {
      const [row, ...others] = await take();
      assert.ok(row);
      assert.deepEqual(others, []);
      taken.push(row.id);
      await settleDeliveries(db, [{ row, topic: 'reply', outcome: { kind: 'done' }, seconds: 0 }]);
    }
    assert.deepEqual(taken, await order());
  });

  it('LP1 follow at once if the earlier one is retried before its time and settled', async () => {
    await hold(1, 10 * minute);
    assert.deepEqual(await take(), []);
    await database.query('UPDATE cairnloop.deliveries SET available_at = now() WHERE attempts = 1');
    const [first] = await take();
    assert.ok(first);
    await settleDeliveries(db, [
      { row: first, topic: 'reply', outcome: { kind: 'discarded', error: 'no' }, seconds: 0 },
    ]);
    const [second] = await take();
    assert.deepEqual([first.id, second?.id], await order());
  });

  it('LP1 keep their own time for a retry', async () => {
    await hold(1, 10 * minute);
    await database.query(`UPDATE cairnloop.deliveries SET attempts = 2, available_at = now() - interval '1 second'`);
    const [first] = await take();
    assert.ok(first);
    await database.query(
      `UPDATE cairnloop.deliveries SET available_at = now() + interval '1 hour' WHERE lease_until IS NULL`,
    );
    await settleDeliveries(db, [{ row: first, topic: 'reply', outcome: { kind: 'done' }, seconds: 0 }]);
    assert.deepEqual(await take(), []);
  });
});
