import assert from 'node:assert/strict';
import { migrateDown, migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';

/** The schema as version 0.1 left it. */
const last = '0008-search';

describe('migration 0013-replies', () => {
  const { startHost } = useHosts();
  const optionsOf = (database: TestDatabase) => ({ url: database.url, schema: 'cairnloop' });

  it('upgrades a database of 0.1: old messages keep their status, new replies are delivered', async () => {
    const database = await createTestDatabase();
    await migrateUp(optionsOf(database), last);
    await database.query(`
      WITH opened AS (
        INSERT INTO cairnloop.conversations (created_at, updated_at) VALUES (now(), now()) RETURNING id
      )
      INSERT INTO cairnloop.messages (conversation_id, role, content, status, created_at)
      SELECT id, role, role, CASE role WHEN 'outbound' THEN 'sent' END, now()
      FROM opened, unnest(ARRAY['customer', 'operator', 'automation', 'outbound', 'internal_note']) AS role`);
    await migrateUp(optionsOf(database));

    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    const host = await startHost({ notifier }, { database });
    const [conversation = assert.fail()] = (await host.cairnloop.conversations.list()).items;
    const { messages = [] } = await host.cairnloop.conversations.get(conversation.id);
    assert.deepEqual(Object.fromEntries(messages.map(({ role, status }) => [role, status])), {
      customer: null,
      operator: null,
      automation: null,
      outbound: 'sent',
      internal_note: null,
    });
    await host.cairnloop.conversations.reply(conversation.id, { content: 'New.', actor: operator });
    await eventually(() =>
      assert.deepEqual(
        calls.map(({ message }) => message?.content),
        ['New.'],
      ),
    );
  });

  it('goes down with replies that are pending and failed, and up again', async () => {
    const { notifier } = recordingNotifier(() => Promise.reject(new Error('down')), { replies: true });
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    const { id } = await host.cairnloop.conversations.open({});
    await host.cairnloop.conversations.reply(id, { content: 'Hello', actor: operator });
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.state, 'discarded'));
    await host.cairnloop.worker.stop();
    await host.cairnloop.conversations.reply(id, { content: 'Hello again', actor: operator });

    assert.ok((await migrateDown(optionsOf(host.database), '0013-replies')).includes('0013-replies'));
    const { rows } = await host.database.query('SELECT status, sent_at, metadata FROM cairnloop.messages');
    assert.deepEqual(
      rows,
      [0, 1].map(() => ({ status: null, sent_at: null, metadata: {} })),
    );
    assert.equal((await host.database.query('SELECT FROM cairnloop.deliveries')).rowCount, 0);
    assert.ok((await migrateUp(optionsOf(host.database))).includes('0013-replies'));
  });

  it('allows a status on outbound messages and replies only', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({});
    const write = (role: string, status: string | null) =>
      host.database.query(
        `INSERT INTO cairnloop.messages (conversation_id, role, content, status, created_at) VALUES ($1, $2, '', $3, now())`,
        [id, role, status],
      );
    for (const role of ['customer', 'system', 'internal_note'])
      await assert.rejects(write(role, 'pending'), { constraint: 'messages_role_of_status' });
    await assert.rejects(write('outbound', null), { constraint: 'messages_status_of_role' });
    for (const role of ['operator', 'automation', 'outbound']) await write(role, 'pending');
  });
});
