import assert from 'node:assert/strict';
import { pino } from 'pino';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { validateConfig } from '../../src/config/config-schema.js';
import type { AuditAnchor } from '../../src/contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../../src/contracts/notifier.js';
import { err } from '../../src/contracts/result.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { prometheus } from '../../src/ops/prometheus.js';
import type { Runtime } from '../../src/runtime.js';
import { handOverAuditAnchor } from '../../src/worker/hand-over-anchor.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { moveClock } from '../support/database-clock.js';
import { eventually } from '../support/eventually.js';
import { parseExposition } from '../support/exposition.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, start } from '../support/started-host.js';

const hour = 3_600_000;

describe('onAuditAnchor', () => {
  let database: TestDatabase;
  let db: Database;
  let calls: { anchor: AuditAnchor; metadata: CallbackMetadata }[];

  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 4 });
    calls = [];
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
  });

  const notifierWith = (answer: (call: number) => unknown): Notifier => ({
    ...recordingNotifier().notifier,
    onAuditAnchor: (anchor, metadata) => {
      calls.push({ anchor, metadata });
      return answer(calls.length);
    },
  });

  /** One round of a worker, as far as anchors are concerned. */
  const round = (notifier: Notifier, callbackTimeoutMs = 5000) => {
    const config = validateConfig({ database: { url: database.url }, notifier, worker: { callbackTimeoutMs } });
    return handOverAuditAnchor({ config, db, log: pino({ level: 'silent' }) } as Runtime);
  };

  const recordOne = async () => {
    await database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action) VALUES (now(), '{"id": "op-1"}', 'test.happened')`,
    );
    await sealAudit(db);
  };
  const ids = () => calls.map(({ metadata }) => metadata.deliveryId);

  it('is called by a worker with the end of the chain, frozen, which verifies later', async () => {
    await recordOne();
    const { cairnloop } = await start({ notifier: notifierWith(() => undefined) }, database);
    await cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1)).finally(() => cairnloop.close());
    const [{ anchor, metadata } = assert.fail()] = calls;
    assert.deepEqual([anchor.seq, anchor.count, anchor.keyId, metadata.attempt], [1, 1, null, 1]);
    assert.ok(Object.isFrozen(anchor) && Object.isFrozen(metadata) && anchor.at instanceof Date);
    await recordOne();
    assert.equal((await verifyAudit(db, { anchors: [anchor] })).intact, true);
  });

  it('is called once a day in all workers together', async () => {
    await recordOne();
    const notifier = notifierWith(() => undefined);
    await Promise.all(Array.from({ length: 5 }, () => round(notifier)));
    await moveClock(database, 23 * hour);
    await round(notifier);
    assert.equal(calls.length, 1);
    await moveClock(database, 25 * hour);
    await Promise.all([round(notifier), round(notifier)]);
    assert.equal(calls.length, 2);
    assert.notEqual(ids()[0], ids()[1]);
  });

  it('metrics show how long ago it succeeded, and how long the oldest event has waited for its seal', async () => {
    const notifier = { ...recordingNotifier().notifier, onAuditAnchor() {} };
    const host = await start({ metrics: prometheus(), notifier }, database);
    const values = async () => {
      const text = await (await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'))).text();
      const families = parseExposition(text);
      return ['anchor_age', 'oldest_unsealed'].map(
        (name) => families.get(`cairnloop_audit_${name}_seconds`)?.samples[0]?.value,
      );
    };
    try {
      assert.deepEqual(await values(), [undefined, 0]);
      await recordOne();
      await round(notifier);
      await database.query(
        `INSERT INTO cairnloop.audit_events (at, actor, action) VALUES (cairnloop.clock(), '{"id": "op-1"}', 'test.happened')`,
      );
      await moveClock(database, hour);
      await eventually(async () => {
        const [anchor = 0, unsealed = 0] = await values();
        assert.ok(anchor >= 3600 && unsealed >= 3600, `${anchor} ${unsealed}`);
      });
    } finally {
      await host.cairnloop.close();
    }
  });

  it('is not called while nothing is sealed, nor where the notifier does not have it', async () => {
    await round(notifierWith(() => undefined));
    assert.equal(calls.length, 0);
    await recordOne();
    await round(recordingNotifier().notifier);
    await round(notifierWith(() => undefined));
    assert.equal(calls.length, 1);
  });

  for (const [how, fail] of [
    [
      'throws',
      () => {
        throw new Error('no bucket');
      },
    ],
    ['returns err', () => err('no bucket')],
    ['hangs', () => new Promise(() => {})],
  ] as const) {
    it(`is called again with the same id where it ${how}, until it succeeds`, async () => {
      await recordOne();
      const notifier = notifierWith((call) => (call < 3 ? fail() : undefined));
      await round(notifier, 50);
      await round(notifier, 50);
      assert.equal(calls.length, 1);
      const { rows } = await database.query('SELECT last_error, handed_at FROM cairnloop.audit_anchor');
      assert.match(rows[0].last_error, /no bucket|did not settle within 50 ms/);
      assert.equal(rows[0].handed_at, null);
      for (const hours of [1, 2, 3, 4]) {
        await moveClock(database, hours * hour);
        await round(notifier, 50);
      }
      assert.equal(calls.length, 3);
      assert.deepEqual([new Set(ids()).size, calls.map(({ metadata }) => metadata.attempt)], [1, [1, 2, 3]]);
      const after = await database.query('SELECT last_error, handed_seq FROM cairnloop.audit_anchor');
      assert.deepEqual(after.rows, [{ last_error: null, handed_seq: '1' }]);
    });
  }

  it('is called again by another worker if the first died during the call, and a late result changes nothing', async () => {
    await recordOne();
    let answer = () => {};
    const late = round(
      notifierWith(() => new Promise<void>((resolve) => (answer = resolve))),
      60_000,
    );
    await eventually(() => assert.equal(calls.length, 1));
    await round(notifierWith(() => undefined));
    assert.equal(calls.length, 1);
    await moveClock(database, 2 * hour);
    await round(notifierWith(() => err('still away')));
    assert.equal(calls.length, 2);
    answer();
    await late;
    const { rows } = await database.query('SELECT handed_at, last_error FROM cairnloop.audit_anchor');
    assert.deepEqual(rows, [{ handed_at: null, last_error: 'still away' }]);
  });
});
