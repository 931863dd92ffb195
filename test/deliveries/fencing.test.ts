import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../src/db/connect.js';
import {
  type ClaimedDelivery,
  claimDeliveries,
  claimSuspectDelivery,
  renewLeases,
} from '../../src/deliveries/claim.js';
import { writeKeptOutcomes } from '../../src/deliveries/kept-outcomes.js';
import { createOutcomeWriter } from '../../src/deliveries/outcome-writer.js';
import {
  type ClaimOutcome,
  type DeliverySettlement,
  type OutcomeWriteResult,
  settleDeliveries,
  storeKeptOutcomes,
} from '../../src/deliveries/settle.js';
import type { Runtime } from '../../src/runtime.js';
import { noMetrics } from '../../src/telemetry/metrics.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { moveClock } from '../support/database-clock.js';
import { migrated } from '../support/started-host.js';

type Topic = 'outbound' | 'conversation_resolved';

const leaseMs = 1000;

const settlement = (row: ClaimedDelivery, outcome: ClaimOutcome, topic: Topic = 'outbound'): DeliverySettlement => ({
  row,
  topic,
  outcome,
  seconds: 0,
});

/** A worker that was frozen past its lease still holds its old claim; `claims` distinguishes it from the new one. */
const quiet = { info() {}, warn() {}, error() {} };

/** What a reported outcome is announced to, and nobody hears. */
const about = {
  metrics: noMetrics,
  telemetry: { publish() {} },
  changeFeed: { changed() {} },
  log: quiet,
  config: { worker: {} },
};

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

  /** A delivery that is due, about a message of a conversation. */
  const owe = async (topic: Topic): Promise<string> => {
    const { rows } = await database.query(
      `WITH conversation AS (
        INSERT INTO cairnloop.conversations (created_at, updated_at) VALUES (now(), now()) RETURNING id
      ), message AS (
        INSERT INTO cairnloop.messages (conversation_id, role, content, status, created_at)
        SELECT id, 'outbound', 'Hello!', 'pending', now() FROM conversation RETURNING id, conversation_id
      )
      INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      SELECT $1, conversation_id, id, id, now(), now() FROM message RETURNING id`,
      [topic],
    );
    return rows[0].id;
  };

  const takeOver = async (topic: Topic): Promise<{ lapsed: ClaimedDelivery; current: ClaimedDelivery }> => {
    const [lapsed] = await claimDeliveries(db, topic, { limit: 1, leaseMs });
    await moveClock(database, 2 * leaseMs);
    const [current] = await claimDeliveries(db, topic, { limit: 1, leaseMs });
    assert.ok(lapsed && current, 'not claimed twice');
    assert.deepEqual([current.id, current.claims], [lapsed.id, lapsed.claims + 1]);
    return { lapsed, current };
  };

  const stored = async () => {
    const { rows } = await database.query(`
      SELECT d.state, d.attempts, d.claims, d.lease_until, d.available_at, d.last_error, m.status
      FROM cairnloop.deliveries d JOIN cairnloop.messages m ON m.id = d.subject_id ORDER BY d.id`);
    return rows;
  };
  const written = (id: string, how: OutcomeWriteResult) => new Map([[id, how]]);

  const outcomes: ClaimOutcome[] = [
    { kind: 'done' },
    { kind: 'retry', error: 'late', delayMs: 1 },
    { kind: 'discarded', error: 'late' },
    { kind: 'exhausted', error: 'late' },
    { kind: 'postponed', delayMs: 1 },
    { kind: 'released' },
  ];
  for (const topic of ['outbound', 'conversation_resolved'] as const) {
    for (const outcome of outcomes) {
      it(`F1 settles nothing as "${outcome.kind}" (${topic}): the settlement is the other worker's`, async () => {
        const id = await owe(topic);
        const { lapsed, current } = await takeOver(topic);
        const before = await stored();
        assert.deepEqual(await settleDeliveries(db, [settlement(lapsed, outcome, topic)]), written(id, 'refused'));
        assert.deepEqual(await stored(), before);
        for (const table of ['audit_events', 'delivery_outcomes'])
          assert.deepEqual((await database.query(`SELECT * FROM cairnloop.${table}`)).rows, [], table);
        assert.deepEqual(
          await settleDeliveries(db, [settlement(current, { kind: 'done' }, topic)]),
          written(id, 'settled'),
        );
        assert.equal((await stored())[0].state, 'done');
      });
    }
  }

  it('F1 renews no lease, and the other worker renews its own', async () => {
    await owe('outbound');
    const { lapsed, current } = await takeOver('outbound');
    const before = await stored();
    await renewLeases(db, [lapsed], 100 * leaseMs);
    assert.deepEqual(await stored(), before);
    await renewLeases(db, [current], 100 * leaseMs);
    assert.ok((await stored())[0].lease_until > before[0].lease_until, 'not renewed');
  });

  it('F1 is also recognized for a delivery that may have killed its worker', async () => {
    await owe('outbound');
    const { lapsed, current } = await takeOver('outbound');
    await moveClock(database, 4 * leaseMs);
    assert.deepEqual(await claimDeliveries(db, 'outbound', { limit: 1, leaseMs }), []);
    const [suspect] = await claimSuspectDelivery(db, 'outbound', leaseMs);
    assert.ok(suspect, 'not claimed');
    assert.deepEqual([suspect.claims, suspect.attempts], [current.claims + 1, current.attempts + 1]);
    const before = await stored();
    for (const row of [lapsed, current]) {
      assert.deepEqual(await settleDeliveries(db, [settlement(row, { kind: 'done' })]), written(row.id, 'refused'));
      await renewLeases(db, [row], 100 * leaseMs);
    }
    assert.deepEqual(await stored(), before);
  });

  it('F1 is given to one of many workers that claim at once, also if it may have killed its worker', async () => {
    await owe('outbound');
    await takeOver('outbound');
    await moveClock(database, 4 * leaseMs);
    const workers = await Promise.all(
      Array.from({ length: 10 }, () => openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 })),
    );
    try {
      const locker = await db.pool.connect();
      await locker.query('BEGIN');
      await locker.query('SELECT FROM cairnloop.deliveries FOR UPDATE');
      const meanwhile = await Promise.all(
        workers.map((worker) => claimSuspectDelivery(worker, 'outbound', 100 * leaseMs)),
      );
      assert.deepEqual(meanwhile.flat(), [], 'a row that somebody else holds was waited for');
      await locker.query('COMMIT');
      locker.release();
      const claimed = await Promise.all(
        workers.map((worker) => claimSuspectDelivery(worker, 'outbound', 100 * leaseMs)),
      );
      assert.equal(claimed.flat().length, 1);
    } finally {
      await Promise.all(workers.map((worker) => worker.close()));
    }
  });

  for (const topic of ['outbound', 'conversation_resolved'] as const) {
    it(`F1 does not keep other deliveries in the same write from being settled (${topic})`, async () => {
      const [lost = '', own = ''] = [await owe(topic), await owe(topic)];
      const claimed = await claimDeliveries(db, topic, { limit: 2, leaseMs });
      await database.query('UPDATE cairnloop.deliveries SET claims = claims + 1 WHERE id = $1', [lost]);
      const answer = await settleDeliveries(
        db,
        claimed.map((row) => settlement(row, { kind: 'done' }, topic)),
      );
      assert.deepEqual([answer.get(lost), answer.get(own)], ['refused', 'settled']);
      const { rows } = await database.query('SELECT state FROM cairnloop.deliveries WHERE id = ANY ($1) ORDER BY id', [
        [lost, own],
      ]);
      assert.deepEqual(
        rows.map(({ state }) => state),
        ['pending', 'done'],
      );
    });
  }

  it('F21 leaves a kept outcome that is never written over the one of the newer claim', async () => {
    const id = await owe('outbound');
    const { lapsed, current } = await takeOver('outbound');
    const before = await stored();
    const runtime = { db } as Runtime;
    await storeKeptOutcomes(db, [settlement(lapsed, { kind: 'discarded', error: 'late' })]);
    await writeKeptOutcomes(runtime, {} as never);
    assert.deepEqual(await stored(), before);
    assert.deepEqual((await database.query('SELECT * FROM cairnloop.delivery_outcomes')).rows, []);

    await storeKeptOutcomes(db, [settlement(current, { kind: 'retry', error: 'no mailbox', delayMs: 0 })]);
    await storeKeptOutcomes(db, [settlement(lapsed, { kind: 'discarded', error: 'late' })]);
    const { rows } = await database.query('SELECT delivery_id, claims, kind FROM cairnloop.delivery_outcomes');
    assert.deepEqual(rows, [{ delivery_id: id, claims: current.claims, kind: 'retry' }]);
  });

  it('F21 keeps an outcome whose delivery is still locked, and writes it later with others', async () => {
    const ids = [await owe('outbound'), await owe('outbound')];
    const claimed = await claimDeliveries(db, 'outbound', { limit: 2, leaseMs });
    await storeKeptOutcomes(
      db,
      claimed.map((row) => settlement(row, { kind: 'done' })),
    );
    const runtime = { db, ...about } as unknown as Runtime;
    const locker = await db.pool.connect();
    await locker.query('BEGIN');
    await locker.query('SELECT FROM cairnloop.deliveries WHERE id = $1 FOR UPDATE', [ids[0]]);
    await writeKeptOutcomes(runtime, { outbound: {} } as never);
    const kept = async () => (await database.query('SELECT delivery_id AS id FROM cairnloop.delivery_outcomes')).rows;
    assert.deepEqual(await kept(), [{ id: ids[0] }]);
    await locker.query('COMMIT');
    locker.release();
    await writeKeptOutcomes(runtime, { outbound: {} } as never);
    assert.deepEqual(await kept(), []);
    assert.deepEqual(
      (await stored()).map(({ state, status }) => [state, status]),
      [
        ['done', 'sent'],
        ['done', 'sent'],
      ],
    );
  });

  for (const kind of ['released', 'postponed', 'exhausted'] as const) {
    it(`F21 keeps "${kind}" without counting an attempt`, async () => {
      await owe('outbound');
      const { current } = await takeOver('outbound');
      await storeKeptOutcomes(db, [settlement(current, { kind, error: 'late', delayMs: 0 } as ClaimOutcome)]);
      await writeKeptOutcomes({ db, ...about } as unknown as Runtime, { outbound: {} } as never);
      const [row] = await stored();
      assert.deepEqual([row.attempts, row.lease_until], [current.attempts - 1, null]);
      assert.equal(row.state, kind === 'exhausted' ? 'discarded' : 'pending');
    });
  }

  it('F1 an outcome that Postgres refuses does not keep others from being written', async () => {
    for (let n = 0; n < 3; n += 1) await owe('outbound');
    const claimed = await claimDeliveries(db, 'outbound', { limit: 3, leaseMs });
    const log = { info() {}, warn() {}, error() {} };
    const settler = createOutcomeWriter({ db, log } as unknown as Runtime);
    const outcomes: ClaimOutcome[] = [{ kind: 'done' }, { kind: 'discarded', error: 'a\0b' }, { kind: 'done' }];
    await Promise.all(claimed.map((row, n) => settler.settle(settlement(row, outcomes[n] ?? { kind: 'done' }))));
    const states = (await stored()).map(({ state }) => state);
    assert.deepEqual(states.sort(), ['done', 'done', 'pending']);
    settler.stop();
  });
});
