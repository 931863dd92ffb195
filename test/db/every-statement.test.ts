import assert from 'node:assert/strict';
import pg from 'pg';
import { type Statement, statementsByName } from '../../src/db/statement.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { sourceFiles } from '../support/source-files.js';
import { migrated } from '../support/started-host.js';

/** Postgres prepares queries only; of a cursor that is the query behind its name. */
const queryOf = (text: string): string | null =>
  /^\s*(SET|LOCK|FETCH|CLOSE|PREPARE|DEALLOCATE)\b/.test(text)
    ? null
    : text.replace(/^\s*DECLARE [\w ]+ CURSOR FOR /, '');

/** A declaration, with its types or without. */
const declaration = /(?<![a-zA-Z.])declareStatement(?:<[^`]*?>)?\(\s*(['`])/;

describe('every statement', () => {
  const declaring = sourceFiles().filter(({ path, text }) => path !== 'db/statement.ts' && declaration.test(text));
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    for (const { path } of declaring) await import(`../../src/${path}`);
    database = await createTestDatabase(migrated);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  const prepared = "SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = 'checked'";

  it('is known to Postgres on a migrated schema: tables, columns and the types of its parameters', async () => {
    assert.ok(statementsByName.size > 100, `${statementsByName.size} statements`);
    const failed: string[] = [];
    for (const { name, text } of statementsByName.values() as Iterable<Statement>) {
      const sql = text('cairnloop');
      const query = queryOf(sql);
      if (query === null) continue;
      try {
        await client.query(`PREPARE checked AS ${query}`);
        const { rows } = await client.query(prepared);
        const numbers = new Set(sql.match(/\$\d+/g));
        // A placeholder inside a text would be none.
        if (rows[0].count !== numbers.size) failed.push(`${name}: ${rows[0].count} of ${numbers.size} parameters`);
        await client.query('DEALLOCATE checked');
      } catch (error) {
        failed.push(`${name}: ${(error as Error).message}`);
      }
    }
    assert.deepEqual(failed, []);
  });

  it('has a name of its own', () => {
    const names = declaring.flatMap(({ text }) =>
      [...text.matchAll(/(?<![a-zA-Z.])declareStatement(?:<[^`]*?>)?\(\s*'([^']+)'/g)].map(([, name]) => name ?? ''),
    );
    assert.ok(names.length > 100);
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    assert.deepEqual(repeated, []);
  });
});
