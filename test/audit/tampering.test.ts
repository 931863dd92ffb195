import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { eraseFromAudit } from '../../src/audit/erase.js';
import type { AuditChainLink } from '../../src/audit/hash-chain.js';
import { type AuditKeys, noAuditKeys, toAuditKeys } from '../../src/audit/keys.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';
import { type Attack, attackerOn, attacks, copyTables, restoreTables, signatureAttacks } from './support/attacks.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));
const keys = toAuditKeys({ key: 'k'.repeat(32) });

interface Target {
  database: TestDatabase;
  db: Database;
  keys: AuditKeys;
  anchor: AuditChainLink;
}

/**
 * Twelve sealed lines, of which 3 to 5 hold something erased and 10 is the erasure, and two that wait for their seals.
 */
async function prepare(keysOf: AuditKeys): Promise<Target> {
  const database = await createTestDatabase(migrated);
  const db = openDatabase({ url: database.url, schema, poolSize: 4 });
  const record = (count: number, conversation: string | null = null) =>
    database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, detail)
       SELECT cairnloop.clock(), '{"id": "cust-1"}', 'test.happened', $2, jsonb_build_object('n', n) FROM generate_series(1, $1::int) n`,
      [count, conversation],
    );
  const { rows } = await database.query(
    `INSERT INTO cairnloop.conversations (actor_id, created_at, updated_at) VALUES ('cust-1', now(), now()) RETURNING id`,
  );
  await record(2);
  await record(3, rows[0].id);
  await record(4);
  await sealAudit(db, keysOf);
  await db.transaction((tx) => eraseFromAudit(tx, { conversationIds: [rows[0].id], by: { id: 'op-1' } }));
  await sealAudit(db, keysOf);
  await copyTables(database, 'earlier');
  await record(2);
  await sealAudit(db, keysOf);
  await record(2);
  await copyTables(database, 'before');
  const { end, intact, unsealed } = await verifyAudit(db, { keys: keysOf });
  assert.deepEqual([end.seq, intact, unsealed], [12, true, 2]);
  return { database, db, keys: keysOf, anchor: end };
}

describe('audit: tampering by the owner of the tables', () => {
  let plain: Target;
  let signed: Target;

  before(async () => {
    plain = await prepare(noAuditKeys);
    signed = await prepare(keys);
  });
  after(async () => {
    for (const target of [plain, signed]) {
      await target?.db.close();
      await target?.database.drop();
    }
  });

  const indexes = `CREATE UNIQUE INDEX IF NOT EXISTS audit_events_chain ON cairnloop.audit_events (seq) WHERE seq IS NOT NULL`;

  async function mount({ database }: Target, how: Attack['how'][number]): Promise<void> {
    await database.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
    await database.query('ALTER TABLE cairnloop.audit_receipts DISABLE TRIGGER USER');
    await restoreTables(database, 'before');
    await database.query(indexes);
    await (typeof how === 'string' ? database.query(how) : how(attackerOn(database, { earlier: 'earlier' })));
    await database.query('ALTER TABLE cairnloop.audit_events ENABLE TRIGGER USER');
    await database.query('ALTER TABLE cairnloop.audit_receipts ENABLE TRIGGER USER');
  }

  const verdict = async ({ db }: Target, proof: Parameters<typeof verifyAudit>[1]) =>
    (await verifyAudit(db, proof)).intact ? 'not found' : 'found';

  for (const attack of attacks) {
    it(`CD5 ${attack.what}: by the chain ${attack.chain}, by an anchor ${attack.anchor}, by the key ${attack.key}`, async () => {
      for (const how of attack.how) {
        const named = `${attack.what}: ${how}`;
        await mount(plain, how);
        assert.equal(await verdict(plain, {}), attack.chain, `chain, ${named}`);
        assert.equal(await verdict(plain, { anchors: [plain.anchor] }), attack.anchor, `anchor, ${named}`);
        await sealAudit(plain.db);
        if (attack.anchor === 'found')
          assert.equal(await verdict(plain, { anchors: [plain.anchor] }), 'found', `anchor, sealed on, ${named}`);
        await mount(signed, how);
        assert.equal(await verdict(signed, { keys }), attack.key, `key, ${named}`);
        await sealAudit(signed.db, keys);
        if (attack.key === 'found' && !attack.note)
          assert.equal(await verdict(signed, { keys }), 'found', `key, sealed on, ${named}`);
      }
    });
  }

  for (const attack of signatureAttacks) {
    it(`CD5 ${attack.what}: by the key ${attack.key}`, async () => {
      for (const how of attack.how) {
        await mount(signed, how);
        assert.equal(await verdict(signed, { keys }), attack.key, `${how}`);
      }
    });
  }

  it('CD5 a chain whose signatures were all removed shows from which event on it is signed again', async () => {
    await mount(signed, ({ unsign }) => unsign());
    const unsigned = await verifyAudit(signed.db, { keys });
    assert.deepEqual([unsigned.broken, unsigned.levels.key.status], [null, 'missing']);
    await sealAudit(signed.db, keys);
    const { levels } = await verifyAudit(signed.db, { keys });
    assert.match(levels.key.proves, /event 13 being the first that is signed/);
    const { rows } = await signed.database.query(
      `SELECT detail FROM cairnloop.audit_events WHERE action = 'audit.key_changed'`,
    );
    assert.deepEqual(rows, [{ detail: { from: null, to: keys.current?.id } }]);
  });

  it('CD5 docs/audit.md says for every attack which check finds it', () => {
    const page = readFileSync('docs/audit.md', 'utf8');
    const row = ({ what, chain, anchor, key, note }: Attack, levels = [chain, anchor, key]) =>
      `| ${what} | ${levels.join(' | ')} | ${note ?? ''} |`;
    const rows = [
      ...attacks.map((attack) => row(attack)),
      ...signatureAttacks.map((attack) => row(attack, ['not found', 'not found', attack.key])),
    ];
    assert.deepEqual(
      page.split('\n').filter((line) => /\| (not )?found \|/.test(line)),
      rows,
    );
  });
});
