import assert from 'node:assert/strict';
import { noAuditKeys, toAuditKeys } from '../../src/audit/keys.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));
const [first, second] = ['first-'.repeat(6), 'second-'.repeat(6)] as const;

describe('audit: the key', () => {
  let database: TestDatabase;
  let db: Database;

  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema, poolSize: 4 });
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
  });

  const record = (count = 2) =>
    database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action)
       SELECT cairnloop.clock(), '{"id": "op-1"}', 'test.happened' FROM generate_series(1, $1::int)`,
      [count],
    );
  const keyIds = async () => {
    const { rows } = await database.query('SELECT key_id, action FROM cairnloop.audit_events ORDER BY seq');
    return rows.map(({ key_id, action }) => `${action.split('.')[1]} ${key_id}`);
  };
  const keyLevel = async (keys: Parameters<typeof toAuditKeys>[0]) => {
    const { intact, levels, broken } = await verifyAudit(db, { keys: toAuditKeys(keys) });
    return { intact, broken, status: levels.key.status, proves: levels.key.proves };
  };

  it('signs every event and the end of the chain, from the first event on', async () => {
    const keys = toAuditKeys({ key: first });
    await sealAudit(db, keys);
    await record();
    assert.equal(await sealAudit(db, keys), 2);
    const { intact, status, proves } = await keyLevel({ key: first });
    assert.deepEqual([intact, status], [true, 'holds']);
    assert.match(proves, /events 1 to 2 and the end of the chain were signed .*event 1 being the first/);
    assert.deepEqual(await keyIds(), [`happened ${keys.current?.id}`, `happened ${keys.current?.id}`]);
  });

  it('starts signing a record that had no key, and verify says from which event on', async () => {
    await record();
    await sealAudit(db, noAuditKeys);
    assert.deepEqual((await keyLevel({ key: first })).status, 'missing');
    const keys = toAuditKeys({ key: first });
    assert.equal(await sealAudit(db, keys), 1);
    assert.equal(await sealAudit(db, keys), 0);
    assert.deepEqual(await keyIds(), ['happened null', 'happened null', `key_changed ${keys.current?.id}`]);
    const { intact, status, proves } = await keyLevel({ key: first });
    assert.deepEqual([intact, status], [true, 'holds']);
    assert.match(proves, /event 3 being the first that is signed/);
  });

  it('can be replaced, and the events of both keys are checked', async () => {
    await record();
    await sealAudit(db, toAuditKeys({ key: first }));
    await record();
    await sealAudit(db, toAuditKeys({ key: second, previousKeys: [first] }));
    assert.equal((await keyLevel({ key: second, previousKeys: [first] })).intact, true);
    const half = await keyLevel({ key: second });
    assert.deepEqual([half.intact, half.broken, half.status], [false, null, 'missing']);
    assert.match(half.proves, new RegExp(`key ${toAuditKeys({ key: first }).current?.id}, which is not in the config`));
    assert.equal(half.proves.includes(first), false);
  });

  it('leaves events unsealed where the key is missing or was replaced, and seals them once it is there', async () => {
    await record();
    await sealAudit(db, toAuditKeys({ key: first }));
    await record();
    await assert.rejects(sealAudit(db, noAuditKeys), { code: 'AUDIT_KEY_MISSING' });
    await assert.rejects(sealAudit(db, toAuditKeys({ key: second })), (error: Error) => {
      assert.doesNotMatch(JSON.stringify(error) + error.message + error.stack, /first-|second-/);
      return true;
    });
    assert.equal((await verifyAudit(db, { keys: toAuditKeys({ key: first }) })).unsealed, 2);
    await sealAudit(db, toAuditKeys({ key: second, previousKeys: [first] }));
    await record();
    await assert.rejects(sealAudit(db, toAuditKeys({ key: first, previousKeys: [second] })), {
      code: 'AUDIT_KEY_RETIRED',
    });
    assert.equal(await sealAudit(db, toAuditKeys({ key: second, previousKeys: [first] })), 2);
    assert.equal((await keyLevel({ key: second, previousKeys: [first] })).intact, true);
  });

  it('is reported as missing if events are signed and none is configured: only the chain is checked', async () => {
    await record();
    await sealAudit(db, toAuditKeys({ key: first }));
    const { intact, broken, status } = await keyLevel({});
    assert.deepEqual([intact, broken, status], [false, null, 'missing']);
  });

  it('reveals an event that another key signed under the id of this one', async () => {
    await record();
    await sealAudit(db, toAuditKeys({ key: second }));
    await database.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
    const id = toAuditKeys({ key: first }).current?.id;
    await database.query('UPDATE cairnloop.audit_events SET key_id = $1', [id]);
    await database.query('UPDATE cairnloop.audit_chain_end SET key_id = $1', [id]);
    const { intact, broken, status } = await keyLevel({ key: first });
    assert.deepEqual([intact, broken?.seq, broken?.level, status], [false, 1, 'key', 'broken']);
  });
});
