import assert from 'node:assert/strict';
import { type ExportedEvent, exportAudit } from '../../src/audit/export.js';
import { chainStart, type SealedEvent, verifyChain } from '../../src/audit/hash-chain.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
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

  /** As someone with every right on the database could. */
  const tamper = async (sql: string) => {
    await database.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
    await database.query(sql);
    await database.query('ALTER TABLE cairnloop.audit_events ENABLE TRIGGER USER');
  };

  const exported = async () => {
    const events: ExportedEvent[] = [];
    await exportAudit(db, (page) => {
      events.push(...page);
    });
    return events;
  };

  it('seals what was recorded, in batches, and only once', async () => {
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

  it('has nothing against an empty record', async () => {
    assert.equal(await sealAudit(db), 0);
    assert.deepEqual(await verifyAudit(db), { end: chainStart, broken: null, unsealed: 0 });
  });

  it('makes one chain, whoever seals at once and whatever is written meanwhile', async () => {
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

  it('gives the next place to an event whose transaction commits late', async () => {
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
    assert.equal(await brokenAt(), undefined);
    assert.equal((await verifyAudit(db, end)).broken?.reason, 'the record ends at event 6; expected 1100');
  });

  it('tells a record that was sealed anew from the one that was known', async () => {
    await record(5);
    await sealAudit(db);
    const { end } = await verifyAudit(db);
    assert.equal((await verifyAudit(db, end)).broken, null);
    await tamper(`UPDATE cairnloop.audit_events SET seq = NULL, hash = NULL, actor = '{"id": "nobody"}' WHERE seq > 2`);
    await sealAudit(db);
    assert.equal((await verifyAudit(db)).broken, null);
    assert.equal((await verifyAudit(db, end)).broken?.seq, 5);
  });

  it('exports every event once, as lines that check themselves', async () => {
    await record(1500);
    await sealAudit(db);
    await record(2);
    const lines = JSON.parse(JSON.stringify(await exported())) as ExportedEvent[];
    assert.equal(new Set(lines.map((line) => line.id)).size, 1502);
    assert.deepEqual(
      lines.slice(-2).map(({ seq, hash }) => [seq, hash]),
      [
        [null, null],
        [null, null],
      ],
    );
    const sealed = lines.filter((line) => line.seq !== null) as SealedEvent[];
    assert.deepEqual(verifyChain(sealed).end.seq, 1500);
  });
});
