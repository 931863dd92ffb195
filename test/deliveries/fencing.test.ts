import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { type ClaimedDelivery, claim, claimSuspect, renewLeases } from '../../src/deliveries/claim.js';
import { type Outcome, settle } from '../../src/deliveries/settle.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { moveClock } from '../support/database-clock.js';
import { migrated } from '../support/started-host.js';

const leaseMs = 1000;

/** A worker that was frozen past its lease still holds its old claim; `claims` is what tells it from the new one. */
describe('a claim whose lease ran out and that another worker took over', () => {
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

  /** An outbound message whose delivery is due. */
  const oweMessage = async () => {
    const { rows } = await database.query(`
      WITH conversation AS (
        INSERT INTO cairnloop.conversations (created_at, updated_at) VALUES (now(), now()) RETURNING id
      ), message AS (
        INSERT INTO cairnloop.messages (conversation_id, role, content, status, created_at)
        SELECT id, 'outbound', 'Hello!', 'pending', now() FROM conversation RETURNING id, conversation_id
      )
      INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      SELECT 'outbound', conversation_id, id, id, now(), now() FROM message RETURNING id`);
    return rows[0].id as string;
  };

  const takeOver = async (): Promise<{ lapsed: ClaimedDelivery; current: ClaimedDelivery }> => {
    const [lapsed] = await claim(db, 'outbound', { limit: 1, leaseMs });
    await moveClock(database, 2 * leaseMs);
    const [current] = await claim(db, 'outbound', { limit: 1, leaseMs });
    assert.ok(lapsed && current, 'not claimed twice');
    assert.deepEqual([current.id, current.claims], [lapsed.id, lapsed.claims + 1]);
    return { lapsed, current };
  };

  const stored = async () => {
    const { rows } = await database.query(`
      SELECT d.state, d.attempts, d.claims, d.lease_until, d.last_error, m.status
      FROM cairnloop.deliveries d JOIN cairnloop.messages m ON m.id = d.subject_id`);
    return rows[0];
  };

  const outcomes: Outcome[] = [
    { kind: 'done' },
    { kind: 'retry', error: 'late', delayMs: 1 },
    { kind: 'discarded', error: 'late' },
    { kind: 'exhausted', error: 'late' },
    { kind: 'released' },
  ];
  for (const outcome of outcomes) {
    it(`settles nothing as "${outcome.kind}", and leaves the settlement to the other worker`, async () => {
      const id = await oweMessage();
      const { lapsed, current } = await takeOver();
      const before = await stored();
      assert.deepEqual(await settle(db, [{ row: lapsed, outcome }]), new Set([id]));
      assert.deepEqual(await stored(), before);
      const { rows } = await database.query('SELECT action FROM cairnloop.audit_events');
      assert.deepEqual(rows, []);
      assert.deepEqual(await settle(db, [{ row: current, outcome: { kind: 'done' } }]), new Set());
      const { state, status } = await stored();
      assert.deepEqual([state, status], ['done', 'sent']);
    });
  }

  it('renews no lease, and the other worker renews its own', async () => {
    await oweMessage();
    const { lapsed, current } = await takeOver();
    const before = await stored();
    await renewLeases(db, [lapsed], 100 * leaseMs);
    assert.deepEqual(await stored(), before);
    await renewLeases(db, [current], 100 * leaseMs);
    assert.ok((await stored()).lease_until > before.lease_until, 'not renewed');
  });

  it('is told from the claim of a delivery that may have killed its worker as well', async () => {
    await oweMessage();
    const { lapsed, current } = await takeOver();
    await moveClock(database, 4 * leaseMs);
    assert.deepEqual(await claim(db, 'outbound', { limit: 1, leaseMs }), []);
    const [suspect] = await claimSuspect(db, 'outbound', leaseMs);
    assert.ok(suspect, 'not claimed');
    assert.deepEqual([suspect.claims, suspect.attempts], [current.claims + 1, current.attempts + 1]);
    const before = await stored();
    for (const row of [lapsed, current]) {
      assert.equal((await settle(db, [{ row, outcome: { kind: 'done' } }])).size, 1);
      await renewLeases(db, [row], 100 * leaseMs);
    }
    assert.deepEqual(await stored(), before);
  });

  it('settles its neighbours in the same write', async () => {
    const ids = [await oweMessage(), await oweMessage()];
    const claimed = await claim(db, 'outbound', { limit: 2, leaseMs });
    await database.query('UPDATE cairnloop.deliveries SET claims = claims + 1 WHERE id = $1', [ids[0]]);
    const leftAlone = await settle(
      db,
      claimed.map((row) => ({ row, outcome: { kind: 'done' } })),
    );
    assert.deepEqual(leftAlone, new Set([ids[0]]));
    const { rows } = await database.query('SELECT id, state FROM cairnloop.deliveries');
    assert.deepEqual(new Map(rows.map(({ id, state }) => [id, state])).get(ids[1] as string), 'done');
    assert.deepEqual(new Map(rows.map(({ id, state }) => [id, state])).get(ids[0] as string), 'pending');
  });
});
