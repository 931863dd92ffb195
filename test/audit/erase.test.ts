import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import canonicalize from 'canonicalize';
import { countErasableAuditEvents, eraseFromAudit, findAuditedConversations } from '../../src/audit/erase.js';
import { type ExportedAuditEvent, exportAudit } from '../../src/audit/export.js';
import { hashAuditEvent, type SealedAuditEvent, verifyAuditChain } from '../../src/audit/hash-chain.js';
import { listAudit } from '../../src/audit/list.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));
const needle = 'needle-4711';
const by = { id: 'op-9', name: 'Eve' };

describe('audit: erasing a customer', () => {
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

  const openConversation = async (on = database) => {
    const { rows } = await on.query(
      `INSERT INTO cairnloop.conversations (actor_id, created_at, updated_at) VALUES ($1, now(), now()) RETURNING id`,
      [needle],
    );
    return rows[0].id as string;
  };

  /** What a customer's conversation leaves in the record, with the customer's data in each field that can hold it. */
  const record = (conversation: string, on = database) =>
    on.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, detail)
       SELECT cairnloop.clock(), actor::jsonb, action, $1::uuid, detail::jsonb FROM (VALUES
         ('{"id": "${needle}"}', 'conversation.opened', '{}'),
         ('{"id": "${needle}", "name": "${needle}"}', 'message.received', '{}'),
         ('{"id": "op-1", "name": "Ada"}', 'conversation.updated', '{"after": {"subject": "${needle}"}, "before": {"subject": null}}'),
         ('{"id": "op-1", "name": "Ada"}', 'sla.resumed', '{"responseDueAt": "2026-01-01T00:00:00Z"}'),
         ('{"id": "op-1", "name": "Ada"}', 'outbound.triggered', '{"templateId": "t", "phone": "${needle}"}'),
         ('{"id": "op-1"}', 'conversation.noted', '{}')) line (actor, action, detail)`,
      [conversation],
    );

  const erase = (conversationIds: string[], on = db) =>
    on.transaction((tx) => eraseFromAudit(tx, { conversationIds, by }));

  const needles = async (on = database) => {
    const { rows } = await on.query(
      `SELECT count(*)::int AS n FROM cairnloop.audit_events e WHERE e::text LIKE '%${needle}%'`,
    );
    return rows[0].n as number;
  };

  const lines = async () => (await listAudit({ db }, { limit: 200 })).items.toReversed();

  for (const state of ['sealed', 'not sealed yet']) {
    it(`leaves no data of the customer in lines that are ${state}, and the chain verifies`, async () => {
      const conversation = await openConversation();
      await record(conversation);
      if (state === 'sealed') await sealAudit(db);
      const { end } = await verifyAudit(db);
      assert.equal(await countErasableAuditEvents(db, { conversationIds: [conversation] }), 4);
      assert.equal(await erase([conversation]), 4);
      assert.equal(await needles(), 0);
      assert.equal(await countErasableAuditEvents(db, { conversationIds: [conversation] }), 0);
      assert.equal((await verifyAudit(db, { anchors: [end] })).broken, null);
      await sealAudit(db);
      const { broken, unsealed, end: after } = await verifyAudit(db, { anchors: [end] });
      assert.deepEqual([broken, unsealed, after.seq], [null, 0, 7]);
      assert.deepEqual(
        (await lines()).map(({ action, actor, detail, erased }) =>
          [action, actor.id, detail, erased].slice(0, erased ? 4 : 2),
        ),
        [
          ['conversation.opened', 'erased', {}, ['actor']],
          ['message.received', 'erased', {}, ['actor']],
          ['conversation.updated', 'op-1', { erased: true }, ['detail']],
          ['sla.resumed', 'op-1'],
          ['outbound.triggered', 'op-1', { erased: true }, ['detail']],
          ['conversation.noted', 'op-1'],
          ['audit.erased', 'op-9'],
        ],
      );
    });
  }

  it('erases nothing of a transaction that rolls back', async () => {
    const conversation = await openConversation();
    await record(conversation);
    await sealAudit(db);
    await assert.rejects(
      db.transaction(async (tx) => {
        await eraseFromAudit(tx, { conversationIds: [conversation], by });
        throw new Error('no');
      }),
    );
    assert.equal(await needles(), 4);
    assert.equal((await verifyAudit(db)).broken, null);
    assert.equal((await lines()).length, 6);
  });

  it('erases the rest when the same conversation is erased again for another customer', async () => {
    const conversation = await openConversation();
    await record(conversation);
    await database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, detail)
       VALUES (now(), '{"id": "second"}', 'message.received', $1, '{"text": "x"}')`,
      [conversation],
    );
    await sealAudit(db);
    assert.equal(await erase([conversation]), 5);
    await sealAudit(db);
    const { end } = await verifyAudit(db);
    const again = () =>
      db.transaction((tx) => eraseFromAudit(tx, { conversationIds: [conversation], actorId: 'second', by }));
    assert.equal(await again(), 1);
    assert.equal(await again(), 0);
    await sealAudit(db);
    const check = await verifyAudit(db, { anchors: [end] });
    assert.deepEqual([check.broken, check.end.seq], [null, 9]);
  });

  it('runs beside a sealer and other erasures without breaking the chain', async () => {
    const conversations = await Promise.all(Array.from({ length: 6 }, () => openConversation()));
    for (const id of conversations) for (let n = 0; n < 30; n += 1) await record(id);
    await Promise.all([...conversations.map((id) => erase([id])), ...conversations.map(() => sealAudit(db))]);
    await sealAudit(db);
    const { broken, unsealed } = await verifyAudit(db);
    assert.deepEqual([broken, unsealed, await needles()], [null, 0, 0]);
  });

  it('erases more lines than one page holds', async () => {
    const conversation = await openConversation();
    await database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id)
       SELECT cairnloop.clock(), '{"id": "${needle}"}', 'message.received', $1::uuid FROM generate_series(1, 2345)`,
      [conversation],
    );
    await sealAudit(db);
    assert.equal(await erase([conversation]), 2345);
    assert.equal((await verifyAudit(db)).broken, null);
  });

  it('keeps an operator named in the conversations of others, and finds conversations whose rows are gone', async () => {
    const [gone, other] = [await openConversation(), await openConversation()];
    await record(gone);
    await database.query(`UPDATE cairnloop.conversations SET actor_id = 'other' WHERE id = $1`, [other]);
    await database.query(
      `INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id) VALUES (now(), $1, 'conversation.resolved', $2)`,
      [{ id: needle }, other],
    );
    await database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [gone]);
    const conversationIds = await findAuditedConversations(db, needle);
    assert.deepEqual(conversationIds, [gone]);
    await db.transaction((tx) => eraseFromAudit(tx, { conversationIds, actorId: needle, by }));
    assert.equal(await needles(), 1);
    assert.deepEqual(await findAuditedConversations(db, needle), []);
  });

  it('says "erased" in an export that still checks itself', async () => {
    const conversation = await openConversation();
    await record(conversation);
    await sealAudit(db);
    await erase([conversation]);
    await sealAudit(db);
    const exported: ExportedAuditEvent[] = [];
    await exportAudit(db, (page) => void exported.push(...page));
    const copy = JSON.parse(JSON.stringify(exported)) as SealedAuditEvent[];
    assert.equal(verifyAuditChain(copy).end.seq, 7);
    assert.equal(verifyAuditChain(copy).broken, null);
    assert.deepEqual(copy[1]?.erased, ['actor']);
    assert.equal(copy[1]?.actorSalt, null);
  });

  it('refuses every other change of a line, erased or not, while the triggers are on', async () => {
    const conversation = await openConversation();
    await record(conversation);
    await sealAudit(db);
    const refused = /append-only/;
    const changes = [
      `detail = '{"erased": true}'`,
      `detail = '{"x": 1}', detail_erased_by = id`,
      `detail_salt = NULL`,
      `detail_erased_by = id, detail_salt = NULL, detail_commitment = '\\x00'`,
      `format = NULL`,
      `key_id = 'k'`,
    ];
    for (const change of changes)
      await assert.rejects(database.query(`UPDATE cairnloop.audit_events SET ${change} WHERE seq = 3`), refused);
    await erase([conversation]);
    for (const change of [...changes, `detail_erased_by = NULL`, `detail_commitment = '\\x00'`, `actor_erased_by = id`])
      await assert.rejects(database.query(`UPDATE cairnloop.audit_events SET ${change} WHERE seq = 3`), refused);
    assert.equal((await verifyAudit(db)).broken, null);
  });

  for (const [version, last] of [
    ['0.1', '0008-search'],
    ['the version before', '0015-portal-writes'],
  ] as const) {
    it(`erases from lines that ${version} sealed; what is left of them stays provable`, async () => {
      const old = await createTestDatabase();
      await migrateUp({ url: old.url, schema }, last);
      const conversation = await openConversation(old);
      await record(conversation, old);
      const end = await sealAsFormat1(old);
      await record(conversation, old);
      await migrateUp({ url: old.url, schema });
      const upgraded = openDatabase({ url: old.url, schema, poolSize: 2 });
      try {
        const kept = await verifyAudit(upgraded, { anchors: [end] });
        assert.deepEqual([kept.broken, kept.end, kept.unsealed], [null, end, 6]);
        await sealAudit(upgraded);
        assert.equal((await verifyAudit(upgraded, { anchors: [end] })).broken, null);
        assert.equal(await erase([conversation], upgraded), 8);
        assert.equal(await needles(old), 0);
        await sealAudit(upgraded);
        const erased = await verifyAudit(upgraded, { anchors: [end] });
        assert.deepEqual([erased.broken, erased.end.seq], [null, 13]);
        for (const change of [
          `actor = '{"id": "op-2"}'`,
          `action = 'x'`,
          `at = at + interval '1 s'`,
          'conversation_id = NULL',
          `actor_erased_by = detail_erased_by, actor = '{"id": "erased"}', actor_salt = NULL`,
        ]) {
          await old.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
          await old.query('CREATE TABLE kept AS SELECT * FROM cairnloop.audit_events WHERE seq = 3');
          await old.query(`UPDATE cairnloop.audit_events SET ${change} WHERE seq = 3`);
          assert.notEqual((await verifyAudit(upgraded)).broken, null, change);
          await old.query('DELETE FROM cairnloop.audit_events WHERE seq = 3');
          await old.query('INSERT INTO cairnloop.audit_events SELECT * FROM kept');
          await old.query('DROP TABLE kept');
        }
        assert.equal((await verifyAudit(upgraded)).broken, null);
      } finally {
        await upgraded.close();
        await old.drop();
      }
    });
  }

  it('only on lines of 0.1 can a guess of an erased value be confirmed, as docs/audit.md says', async () => {
    const old = await createTestDatabase();
    await migrateUp({ url: old.url, schema }, '0015-portal-writes');
    const conversation = await openConversation(old);
    await record(conversation, old);
    await sealAsFormat1(old);
    await record(conversation, old);
    await migrateUp({ url: old.url, schema });
    const upgraded = openDatabase({ url: old.url, schema, poolSize: 2 });
    const exported = async () => {
      const events: ExportedAuditEvent[] = [];
      await exportAudit(upgraded, (page) => void events.push(...page));
      return events;
    };
    try {
      await sealAudit(upgraded);
      const said = await exported();
      await erase([conversation], upgraded);
      const kept = (await exported()).slice(0, said.length);
      const confirmed = kept.filter(({ actorErasedBy, detailErasedBy, hash }, n) => {
        const { seq, id, at, action, conversationId, subjectId, actor, detail } = said[n] as ExportedAuditEvent;
        const guess = { id, at, action, conversationId, subjectId, actor, detail };
        const isErased = Boolean(actorErasedBy || detailErasedBy);
        return isErased && hashAuditEvent(kept[n - 1]?.hash ?? '0'.repeat(64), seq ?? 0, guess) === hash;
      });
      assert.deepEqual(
        confirmed.map(({ seq }) => seq),
        [1, 2, 3, 5],
      );
      const stored = JSON.stringify(kept.slice(6));
      for (const { actor, detail } of said.slice(6))
        for (const text of [actor, detail].map((value) => canonicalize(value) as string))
          for (const hash of [createHash('sha256'), createHmac('sha256', '')])
            assert.ok(!stored.includes(hash.update(text).digest('hex')), text);
    } finally {
      await upgraded.close();
      await old.drop();
    }
  });
});

/** As 0.1 and every version before this format sealed. */
async function sealAsFormat1(database: TestDatabase): Promise<{ seq: number; hash: string }> {
  let hash = '0'.repeat(64);
  const { rows } = await database.query('SELECT * FROM cairnloop.audit_events WHERE seq IS NULL ORDER BY id');
  for (const [index, { id, at, actor, action, conversation_id, subject_id, detail }] of rows.entries()) {
    const [seq, conversationId, subjectId] = [index + 1, conversation_id, subject_id];
    const text = canonicalize({ seq, id, at, actor, action, conversationId, subjectId, detail });
    hash = createHash('sha256').update(`${hash}\n${text}`).digest('hex');
    await database.query('UPDATE cairnloop.audit_events SET seq = $1, hash = $2 WHERE id = $3', [seq, hash, id]);
  }
  return { seq: rows.length, hash };
}
