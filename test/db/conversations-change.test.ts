import assert from 'node:assert/strict';
import { migrateDown, migrateUp } from '../../src/db/migrate.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { operator as actor } from '../support/started-host.js';

const name = '0014-conversations-change';

describe('the migration of conversations that change', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('upgrades conversations of the first release, and can be rolled back with newer ones', async () => {
    const options = { url: database.url, schema: 'cairnloop' };
    await migrateUp(options, '0008-search');
    const { rows } = await database.query(
      `INSERT INTO cairnloop.conversations (actor_id, tags, created_at, updated_at)
       VALUES ('ada', '{x,y,x}', now(), now()), ('ada', '{}', now(), now()) RETURNING id`,
    );
    const [{ id }] = rows;
    await migrateUp(options);
    const cairnloop = await createCairnloop({ database: options, log: { level: 'silent' } });
    try {
      const { conversations } = cairnloop;
      assert.deepEqual(
        (await conversations.list({ tag: 'x' })).items.map((found) => found.id),
        [id],
      );
      assert.equal((await conversations.forCustomer('ada')).items.length, 2);
      assert.deepEqual(await conversations.get(id).then((it) => [it.assignee, it.snoozedUntil]), [null, null]);
      await conversations.open({ dedupeKey: 'k', tags: ['z'], message: 'Hello' });
      await conversations.archive(id, { actor });
    } finally {
      await cairnloop.close();
    }
    assert.ok((await migrateDown(options, name)).includes(name));
    await database.query(`UPDATE cairnloop.conversations SET tags = '{a}'`);
    assert.ok((await migrateUp(options)).includes(name));
    assert.deepEqual((await database.query('SELECT count(*)::int FROM cairnloop.conversation_tags')).rows, [
      { count: 3 },
    ]);
  });
});
