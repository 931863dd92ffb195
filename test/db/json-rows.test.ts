import assert from 'node:assert/strict';
import { selectRowsAsJson, splitWithClause } from '../../src/db/json-rows.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('rows that are sent as one JSON text', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    await database.query(`CREATE TABLE thing (id int PRIMARY KEY, at timestamptz, tags text[], data jsonb, name text)`);
  });
  after(() => database.drop());

  const statements: Record<string, [text: string, values: unknown[], rows: unknown[]]> = {
    'an INSERT that returns': [
      `INSERT INTO thing VALUES ($1, '2026-02-28 18:29:59.123+00', '{a,"b c"}', '{"x": [1]}', 'n)(--''') RETURNING id, at, tags, data, name`,
      [1],
      [{ id: 1, at: '2026-02-28T18:29:59.123+00:00', tags: ['a', 'b c'], data: { x: [1] }, name: "n)(--'" }],
    ],
    'a plain SELECT in order': [
      'SELECT n FROM generate_series(1, $1::int) n ORDER BY n DESC',
      [3],
      [{ n: 3 }, { n: 2 }, { n: 1 }],
    ],
    'a WITH list that changes rows': [
      `WITH changed AS (UPDATE thing SET name = ')' WHERE id = $1 RETURNING *), "odd ) name" (a) AS (SELECT 'x)')
       SELECT changed.id, a FROM changed, "odd ) name"`,
      [1],
      [{ id: 1, a: 'x)' }],
    ],
    'a main query that changes rows': [
      'WITH wanted AS MATERIALIZED (SELECT 1 AS id) /* ) */ DELETE FROM thing USING wanted WHERE thing.id = wanted.id RETURNING thing.id',
      [],
      [{ id: 1 }],
    ],
    'no row at all': ['SELECT id FROM thing', [], []],
  };

  for (const [what, [text, values, rows]] of Object.entries(statements))
    it(`equal those of the plain statement: ${what}`, async () => {
      const { rows: packed } = await database.query(selectRowsAsJson(text), values);
      assert.deepEqual(JSON.parse(packed[0].rows), rows);
    });

  it('a change that returns no rows is sent unchanged', () => {
    const text = 'WITH a AS (SELECT 1) UPDATE thing SET id = 2';
    assert.equal(selectRowsAsJson(text), text);
  });

  it('a statement without a main query is a mistake', () => {
    assert.throws(() => splitWithClause('WITH a AS (SELECT 1'), /no main query/);
  });
});
