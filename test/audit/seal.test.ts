import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type ExportedAuditEvent, exportAudit } from '../../src/audit/export.js';
import { auditChainStart, type SealedAuditEvent, verifyAuditChain } from '../../src/audit/hash-chain.js';
import { sealAudit } from '../../src/audit/seal.js';
import { type AuditVerification, verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
import { declareStatement, type Executor } from '../../src/db/statement.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));

describe('audit on a real Postgres', () => {
  let database: TestDatabase;
  let db: Database;

  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema, poolSize: 8 });
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
  });

  const record = (count: number) =>
    database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, detail)
       SELECT cairnloop.clock(), '{"id": "op-1", "name": "Ada"}', 'test.happened', jsonb_build_object('n', n, 'half', n / 2.0, 'text', 'é')
       FROM generate_series(1, $1::int) n`,
      [count],
    );

  const held = ({ end, broken, unsealed }: AuditVerification) => ({ end, broken, unsealed });
  const checked = async () => held(await verifyAudit(db));

  /** As someone with every right on the database could. */
  const tamper = async (sql: string) => {
    await database.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
    await database.query(sql);
    await database.query('ALTER TABLE cairnloop.audit_events ENABLE TRIGGER USER');
  };

  const exported = async () => {
    const events: ExportedAuditEvent[] = [];
    await exportAudit(db, (page) => {
      events.push(...page);
    });
    return events;
  };

  it('seals events in batches, and each only once', async () => {
    await record(1234);
    assert.equal(await sealAudit(db), 1234);
    assert.equal(await sealAudit(db), 0);
    await record(3);
    assert.deepEqual(await verifyAudit(db).then(({ broken, unsealed }) => ({ broken, unsealed })), {
      broken: null,
      unsealed: 3,
    });
    assert.equal(await sealAudit(db), 3);
    assert.equal((await verifyAudit(db)).end.seq, 1237);
  });

  it('accepts an empty record', async () => {
    assert.equal(await sealAudit(db), 0);
    assert.deepEqual(await checked(), { end: auditChainStart, broken: null, unsealed: 0 });
  });

  it('makes one chain when several processes seal at once while events are written', async () => {
    await record(700);
    const sealed = await Promise.all([
      ...Array.from({ length: 6 }, () => sealAudit(db)),
      ...Array.from({ length: 5 }, () => record(20).then(() => 0)),
    ]);
    const rest = await sealAudit(db);
    assert.equal(
      sealed.reduce((sum, count) => sum + count, rest),
      800,
    );
    const { end, broken } = await verifyAudit(db);
    assert.deepEqual({ seq: end.seq, broken }, { seq: 800, broken: null });
  });

  it('appends an event whose transaction commits late', async () => {
    const late = await db.pool.connect();
    await late.query('BEGIN');
    const insert = `INSERT INTO cairnloop.audit_events (at, actor, action) VALUES (now(), '{"id": "late"}', 'test.late') RETURNING id`;
    const { rows } = await late.query(insert);
    await record(2);
    assert.equal(await sealAudit(db), 2);
    await late.query('COMMIT');
    late.release();
    assert.equal(await sealAudit(db), 1);
    const events = await exported();
    assert.equal(events[2]?.id, rows[0].id);
    assert.ok((events[2]?.id ?? '') < (events[1]?.id ?? ''));
    assert.equal((await verifyAudit(db)).broken, null);
  });

  it('refuses every change but the one sealing', async () => {
    await record(2);
    const refused = /append-only/;
    await assert.rejects(database.query(`UPDATE cairnloop.audit_events SET action = 'x'`), refused);
    await assert.rejects(database.query('DELETE FROM cairnloop.audit_events'), refused);
    await assert.rejects(database.query('TRUNCATE cairnloop.audit_events'), refused);
    await sealAudit(db);
    await assert.rejects(database.query(`UPDATE cairnloop.audit_events SET hash = 'x'`), refused);
    await assert.rejects(database.query('UPDATE cairnloop.audit_events SET seq = NULL'), refused);
  });

  it('finds the first event that was changed, removed or moved, beyond the first page too', async () => {
    await record(1100);
    await sealAudit(db);
    const { end } = await verifyAudit(db);
    const brokenAt = async () => (await verifyAudit(db)).broken?.seq;
    await tamper(`UPDATE cairnloop.audit_events SET detail = '{"n": 0}' WHERE seq = 1050`);
    assert.equal(await brokenAt(), 1050);
    await tamper('DELETE FROM cairnloop.audit_events WHERE seq = 1001');
    assert.equal(await brokenAt(), 1001);
    await tamper('UPDATE cairnloop.audit_events SET seq = CASE seq WHEN 7 THEN 5001 ELSE 7 END WHERE seq IN (7, 9)');
    assert.equal(await brokenAt(), 7);
    await tamper('DELETE FROM cairnloop.audit_events WHERE seq <> 6 AND seq > 5');
    assert.equal(await brokenAt(), 7);
    await tamper(`UPDATE cairnloop.audit_chain_end SET (seq, hash) =
      (SELECT seq, hash FROM cairnloop.audit_events ORDER BY seq DESC LIMIT 1)`);
    assert.equal(await brokenAt(), undefined);
    assert.equal(
      (await verifyAudit(db, { anchors: [end] })).broken?.reason,
      'the record ends at event 6; expected 1100',
    );
  });

  it('distinguishes a record that was sealed again from the one whose end is known', async () => {
    await record(5);
    await sealAudit(db);
    const { end } = await verifyAudit(db);
    assert.equal((await verifyAudit(db, { anchors: [end] })).broken, null);
    await tamper(`UPDATE cairnloop.audit_events SET seq = NULL, hash = NULL, actor = '{"id": "nobody"}' WHERE seq > 2`);
    await database.query(`INSERT INTO cairnloop.audit_receipts
      SELECT e.id, cairnloop.audit_digest(e) FROM cairnloop.audit_events e WHERE seq IS NULL`);
    await tamper(`UPDATE cairnloop.audit_chain_end SET (seq, hash) =
      (SELECT seq, hash FROM cairnloop.audit_events WHERE seq = 2)`);
    await sealAudit(db);
    assert.equal((await verifyAudit(db)).broken, null);
    assert.equal((await verifyAudit(db, { anchors: [end] })).broken?.seq, 5);
  });

  it('finds a row before the first event, and an unsealed row among sealed ones', async () => {
    await record(3);
    await sealAudit(db);
    const forged = `INSERT INTO cairnloop.audit_events (at, actor, action, seq, hash) VALUES (now(), '{"id": "x"}', 'x',`;
    for (const seq of ['0', '-1', '4']) {
      await assert.rejects(database.query(`${forged} ${seq}, NULL)`), /audit_events_seal/);
      if (seq !== '4') await assert.rejects(database.query(`${forged} ${seq}, 'x')`), /audit_events_seal/);
    }
    await database.query('ALTER TABLE cairnloop.audit_events DROP CONSTRAINT audit_events_seal');
    for (const seq of [0, -1, -9_007_199_254_740_993n, 4, 9_007_199_254_740_993n]) {
      await database.query(`${forged} ${seq}, 'x')`);
      const { broken } = await verifyAudit(db);
      assert.match(
        broken?.reason ?? '',
        seq === 4 ? /event 4 or its hash was changed/ : /stands where event 1|is gone/,
      );
      assert.equal((await exported()).length, 4);
      await tamper(`DELETE FROM cairnloop.audit_events WHERE seq = ${seq}`);
      assert.equal((await verifyAudit(db)).broken, null);
    }
  });

  for (const [what, change, reason] of [
    ['deleted', `DELETE FROM cairnloop.audit_events WHERE detail ->> 'n' = '2'`, /deleted before it was sealed/],
    ['changed', `UPDATE cairnloop.audit_events SET actor = '{"id": "x"}' WHERE seq IS NULL`, /changed before it was/],
    ['unsealed', `UPDATE cairnloop.audit_events SET seq = NULL, hash = NULL WHERE seq = 3`, /has no receipt/],
  ] as const) {
    it(`finds an event that was ${what} while no seal protected it, also after the others are sealed`, async () => {
      await record(3);
      if (what === 'unsealed') await sealAudit(db);
      assert.equal((await verifyAudit(db)).broken, null);
      await tamper(change);
      assert.match((await verifyAudit(db)).broken?.reason ?? '', reason);
      if (what === 'unsealed') return;
      await sealAudit(db);
      const { broken, unsealed } = await verifyAudit(db);
      assert.match(broken?.reason ?? '', reason);
      assert.equal(unsealed, 0);
    });
  }

  it('keeps a receipt until its event is sealed, and none after', async () => {
    await record(2);
    for (const change of ['DELETE FROM', 'TRUNCATE'])
      await assert.rejects(database.query(`${change} cairnloop.audit_receipts`), /goes when its event is sealed/);
    await assert.rejects(database.query(`UPDATE cairnloop.audit_receipts SET digest = 'x'`), /goes when its event/);
    await sealAudit(db);
    assert.equal((await database.query('SELECT FROM cairnloop.audit_receipts')).rowCount, 0);
  });

  it('needs no privilege on the receipts for a role that may read and write rows', async () => {
    const role = `app_${process.pid}_${Math.trunc(performance.now())}`;
    await database.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA cairnloop TO ${role};
      GRANT SELECT, INSERT, UPDATE ON cairnloop.audit_events, cairnloop.audit_chain_end TO ${role}`);
    try {
      const asRole = {
        ...db,
        transaction: <T>(work: (tx: Executor) => Promise<T>) =>
          db.transaction(async (tx) => {
            await tx.run(declareStatement(`role.${role}`, () => `SET LOCAL ROLE ${role}`));
            return work(tx);
          }),
      };
      await asRole.transaction((tx) =>
        tx.run(
          declareStatement(
            'test.insert',
            (s) => `INSERT INTO ${s}.audit_events (at, actor, action) VALUES (now(), '{"id": "x"}', 'x')`,
          ),
        ),
      );
      assert.equal(await sealAudit(asRole), 1);
      assert.deepEqual(await verifyAudit(asRole).then(({ broken, unsealed }) => ({ broken, unsealed })), {
        broken: null,
        unsealed: 0,
      });
    } finally {
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('hashes the stored time to the microsecond, also an infinite one', async () => {
    await record(2);
    await sealAudit(db);
    await tamper('ALTER TABLE cairnloop.audit_events ALTER COLUMN at TYPE timestamptz');
    await db.close();
    db = openDatabase({ url: database.url, schema, poolSize: 8 });
    assert.equal((await verifyAudit(db)).broken, null);
    await tamper(`UPDATE cairnloop.audit_events SET at = at + interval '1 microsecond' WHERE seq = 2`);
    assert.equal((await verifyAudit(db)).broken?.seq, 2);
    await tamper(`UPDATE cairnloop.audit_events SET at = at - interval '1 microsecond' WHERE seq = 2`);
    for (const at of ['infinity', '-infinity', '0044-03-15 12:00:00.5+00 BC', '12026-01-01 00:00:00.123456+00']) {
      await database.query(
        `INSERT INTO cairnloop.audit_events (at, actor, action) VALUES ($1, '{"id": "x"}', 'test.odd')`,
        [at],
      );
    }
    await database.query(`SET timezone = 'Asia/Kolkata'`);
    assert.equal(await sealAudit(db), 4);
    const { broken, end } = await verifyAudit(db);
    assert.deepEqual([broken, end.seq], [null, 6]);
    const lines = JSON.parse(JSON.stringify(await exported())) as SealedAuditEvent[];
    assert.equal(verifyAuditChain(lines).broken, null);
  });

  it('verifies a record that 0.1 sealed, together with events sealed after the upgrade', async () => {
    const old = await createTestDatabase();
    await migrateUp({ url: old.url, schema }, '0008-search');
    const insert = `INSERT INTO cairnloop.audit_events (at, actor, action, detail)
      SELECT now() + n * interval '1 ms', '{"id": "op-1"}', 'test.happened', jsonb_build_object('n', n) FROM generate_series(1, 5) n`;
    await old.query(insert);
    // As 0.1 did it.
    let previous = '0'.repeat(64);
    const { rows } = await old.query('SELECT * FROM cairnloop.audit_events ORDER BY id LIMIT 4');
    for (const [index, { id, at, actor, action, conversation_id, subject_id, detail }] of rows.entries()) {
      const [seq, conversationId, subjectId] = [index + 1, conversation_id, subject_id];
      const text = canonicalize({ seq, id, at, actor, action, conversationId, subjectId, detail });
      previous = createHash('sha256').update(`${previous}\n${text}`).digest('hex');
      await old.query('UPDATE cairnloop.audit_events SET seq = $1, hash = $2 WHERE id = $3', [seq, previous, id]);
    }
    await migrateUp({ url: old.url, schema });
    const upgraded = openDatabase({ url: old.url, schema, poolSize: 2 });
    try {
      const before = held(await verifyAudit(upgraded));
      assert.deepEqual(before, { end: { seq: 4, hash: previous }, broken: null, unsealed: 1 });
      await old.query(insert);
      assert.equal(await sealAudit(upgraded), 6);
      const after = await verifyAudit(upgraded, { anchors: [before.end] });
      assert.deepEqual([after.broken, after.end.seq, after.unsealed], [null, 10, 0]);
    } finally {
      await upgraded.close();
      await old.drop();
    }
  });

  it('exports every event once, as lines that check themselves', async () => {
    await record(1500);
    await sealAudit(db);
    await record(2);
    const lines = JSON.parse(JSON.stringify(await exported())) as ExportedAuditEvent[];
    assert.equal(new Set(lines.map((line) => line.id)).size, 1502);
    assert.deepEqual(
      lines.slice(-2).map(({ seq, hash }) => [seq, hash]),
      [
        [null, null],
        [null, null],
      ],
    );
    const sealed = lines.filter((line) => line.seq !== null) as SealedAuditEvent[];
    assert.deepEqual(verifyAuditChain(sealed).end.seq, 1500);
  });
});
