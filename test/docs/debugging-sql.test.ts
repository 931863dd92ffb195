import assert from 'node:assert/strict';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';
import { blocksOf, readPage } from './pages.js';

const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema: 'cairnloop' }));

describe('the SQL of docs/debugging.md and docs/audit.md', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());

  const statements = ['docs/debugging.md', 'docs/audit.md']
    .flatMap((file) => blocksOf(readPage(file)))
    .filter(({ language }) => language === 'sql')
    .flatMap(({ code }) => code.split(';'))
    .map((sql) => sql.trim())
    .filter((sql) => sql !== '' && !sql.includes('pg_stat_statements'));

  it('has statements', () => assert.ok(statements.length >= 7));

  for (const sql of statements)
    it(`runs on a migrated schema: ${sql.split('\n')[0]}`, async () => {
      await database.query(sql.replaceAll('…', '00000000-0000-0000-0000-000000000000'));
    });
});
