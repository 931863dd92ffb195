import { migrateUp } from '../../dist/db/migrate.js';
import { withClient } from './postgres.mjs';

/** A migrated database with `count` open conversations of two messages each. */
export async function seedConversations(server, count) {
  const database = await server.database();
  await migrateUp({ url: database.url, schema: 'cairnloop' });
  await withClient(database.url, async (client) => {
    await withoutIndexes(client, async () => {
      await client.query(insertConversations, [count]);
      await client.query(insertMessages);
    });
    await client.query('VACUUM ANALYZE');
  });
  return database;
}

/** Builds the indexes once the rows are there: kept up row by row, those of the search take most of the time. */
async function withoutIndexes(client, fill) {
  const { rows } = await client.query(plainIndexes);
  for (const { indexname } of rows) await client.query(`DROP INDEX cairnloop.${indexname}`);
  await fill();
  await client.query(`SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 4`);
  for (const { indexdef } of rows) await client.query(indexdef);
}

const plainIndexes = `
  SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'cairnloop' AND indexdef NOT LIKE '%UNIQUE%'
    AND tablename IN ('conversations', 'messages', 'conversation_texts')`;

const insertConversations = `
  INSERT INTO cairnloop.conversations (actor_id, subject, priority, tags, created_at, updated_at, last_message_at)
  SELECT 'customer-' || n, 'Order ' || n || ' has not arrived', 'normal', '{shipping}', at, at, at
  FROM generate_series(1, $1::int) n, LATERAL (SELECT now() - make_interval(secs => n) AS at) t`;

const insertMessages = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  SELECT c.id, m.role, m.content, '{"id": "someone"}', c.created_at + m.later
  FROM cairnloop.conversations c, (VALUES
    ('customer', 'Where is my order? It was to come on Monday.', interval '0'),
    ('operator', 'It left the warehouse this morning; you will have it tomorrow.', interval '10 minutes')
  ) AS m (role, content, later)`;
