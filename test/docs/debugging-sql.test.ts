import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';

const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema: 'cairnloop' }));

describe('the SQL of docs/debugging.md', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());

  const text = readFileSync(new URL('../../docs/debugging.md', import.meta.url), 'utf8');
  const statements = [...text.matchAll(/```sql\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => (block ?? '').split(';'))
    .map((sql) => sql.trim())
    .filter((sql) => sql !== '' && !sql.includes('pg_stat_statements'));

  it('has statements', () => assert.ok(statements.length >= 6));

  for (const sql of statements)
    it(`runs on a migrated schema: ${sql.split('\n')[0]}`, async () => {
      await database.query(sql.replaceAll('…', '00000000-0000-0000-0000-000000000000'));
    });
});
