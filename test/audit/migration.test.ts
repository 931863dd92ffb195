import assert from 'node:assert/strict';
import { eraseFromAudit } from '../../src/audit/erase.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateDown, migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));

describe('migration 0016-audit-format', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase(migrated);
  });
  afterEach(() => database.drop());

  const record = (conversation: string) =>
    database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, detail)
       SELECT cairnloop.clock(), '{"id": "cust-1"}', 'test.happened', $1, '{"text": "x"}' FROM generate_series(1, 3)`,
      [conversation],
    );
  const onDatabase = async (work: (db: Database) => Promise<unknown>) => {
    const db = openDatabase({ url: database.url, schema, poolSize: 2 });
    await work(db).finally(() => db.close());
  };

  it('goes down with sealed and erased lines and up again: they wait for their seals, and nothing is lost', async () => {
    const { rows } = await database.query(
      `INSERT INTO cairnloop.conversations (actor_id, created_at, updated_at) VALUES ('cust-1', now(), now()) RETURNING id`,
    );
    await record(rows[0].id);
    await onDatabase(async (db) => {
      await sealAudit(db);
      await db.transaction((tx) => eraseFromAudit(tx, { conversationIds: [rows[0].id], by: { id: 'op-1' } }));
      await sealAudit(db);
    });
    const options = { url: database.url, schema };
    await migrateDown(options, '0016-audit-format');
    const before = await database.query('SELECT action, actor, seq, hash FROM cairnloop.audit_events ORDER BY id');
    assert.deepEqual(
      before.rows.map(({ action, actor, seq, hash }) => [action, actor.id, seq, hash]),
      [...Array(3).fill(['test.happened', 'erased', null, null]), ['audit.erased', 'op-1', null, null]],
    );
    assert.equal((await database.query('SELECT FROM cairnloop.audit_receipt_faults()')).rowCount, 0);
    await assert.rejects(database.query(`UPDATE cairnloop.audit_events SET action = 'x'`), /append-only/);
    await migrateUp(options);
    await onDatabase(async (db) => {
      assert.equal(await sealAudit(db), 4);
      const { broken, end } = await verifyAudit(db);
      assert.deepEqual([broken, end.seq], [null, 4]);
    });
  });

  it('keeps a record without erasures verifiable, down and up again', async () => {
    await record('00000000-0000-7000-8000-000000000001');
    await onDatabase((db) => sealAudit(db));
    const options = { url: database.url, schema };
    await migrateDown(options, '0016-audit-format');
    await migrateUp(options);
    await onDatabase(async (db) => {
      await sealAudit(db);
      const { broken, end } = await verifyAudit(db);
      assert.deepEqual([broken, end.seq], [null, 3]);
    });
  });
});
