import assert from 'node:assert/strict';
import { PostgresBackend } from '@agendajs/postgres-backend';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('the Agenda table that the migrations create', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
    const pool = new pg.Pool({ connectionString: database.url, options: '-c search_path=public' }).on(
      'error',
      () => {},
    );
    const backend = new PostgresBackend({ pool, ensureSchema: true, disableNotifications: true });
    await backend.connect();
    await backend.disconnect();
    await pool.end();
  });
  after(() => database.drop());

  const rows = async (sql: string, schema: string) => (await database.query(sql, [schema])).rows;

  const columns = `
    SELECT column_name, data_type, character_maximum_length, column_default, is_nullable
    FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'agenda_jobs' ORDER BY column_name`;

  const indexes = `
    SELECT replace(indexdef, $1 || '.', '') AS definition FROM pg_indexes
    WHERE schemaname = $1 AND tablename = 'agenda_jobs' ORDER BY indexname`;

  const checks = `
    SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE conrelid = ($1 || '.agenda_jobs')::regclass AND contype = 'c' ORDER BY 1`;

  for (const [what, sql] of Object.entries({ columns, indexes, checks })) {
    it(`has the ${what} that Agenda’s backend would create`, async () => {
      const made = await rows(sql, 'public');
      assert.ok(made.length > 0);
      assert.deepEqual(await rows(sql, 'cairnloop'), made);
    });
  }
});
