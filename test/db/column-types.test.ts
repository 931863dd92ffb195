import assert from 'node:assert/strict';
import pg from 'pg';
import { openDatabase } from '../../src/db/connect.js';
import { declareStatement } from '../../src/db/statement.js';
import { createTestDatabase } from '../support/database.js';

const { builtins } = pg.types;
const changed = [builtins.TIMESTAMPTZ, builtins.JSONB];

describe('column values', () => {
  const before = changed.map((type) => pg.types.getTypeParser(type, 'text'));
  afterEach(() => {
    for (const [index, type] of changed.entries()) pg.types.setTypeParser(type, before[index] as never);
  });

  const values = declareStatement(
    'test.values',
    () => `SELECT '2026-02-28 23:59:59.123+05:30'::timestamptz AS at, '{"a": [1]}'::jsonb AS data, 7::int AS count`,
  );

  for (const zone of ['UTC', 'Asia/Kathmandu', 'America/St_Johns'])
    it(`do not depend on type parsers that the host sets in pg, nor on its time zone (${zone})`, async () => {
      for (const type of changed) pg.types.setTypeParser(type, (text: string) => `host: ${text}`);
      const database = await createTestDatabase();
      await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET timezone = '${zone}'`);
      const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
      try {
        const at = new Date('2026-02-28T18:29:59.123Z');
        assert.deepEqual(await db.run(values), [{ at, data: { a: [1] }, count: 7 }]);
      } finally {
        await db.close();
        await database.drop();
      }
    });
});
