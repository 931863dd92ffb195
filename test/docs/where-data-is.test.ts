import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';
import { dataColumns } from './data-columns.js';
import { dataPage, withDataColumns } from './where-data-is.js';

describe('docs/where-data-is', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());

  const classified = Object.fromEntries(
    Object.entries(dataColumns).map(([table, { personal, operator = {}, none }]) => [
      table,
      [...Object.keys(personal), ...Object.keys(operator), ...none.split(' ')],
    ]),
  );
  const erasureSource = () => {
    const folder = new URL('../../src/customers/', import.meta.url);
    return readdirSync(folder)
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .join('\n');
  };

  it('classifies every column of every table, once', async () => {
    const { rows } = await database.query(
      `SELECT c.table_name, array_agg(c.column_name::text) AS columns FROM information_schema.columns c
       JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'cairnloop' AND t.table_type = 'BASE TABLE' GROUP BY 1`,
    );
    const stored = Object.fromEntries(rows.map((row) => [row.table_name, row.columns.sort()]));
    const sorted = Object.fromEntries(
      Object.entries(classified).map(([table, columns]) => [table, [...columns].sort()]),
    );
    assert.deepEqual(sorted, stored);
  });

  it('an erasure has a statement for every table that can hold data of a customer', () => {
    const source = erasureSource();
    for (const [table, { erasure, personal }] of Object.entries(dataColumns)) {
      const holds = Object.keys(personal).length > 0;
      assert.equal(holds, erasure !== 'kept', `${table} is ${erasure}`);
      if (erasure !== 'deleted') continue;
      assert.match(source, new RegExp(`DELETE FROM \\$\\{s\\}\\.${table}\\b`), table);
    }
    assert.match(source, /eraseFromAudit\(/);
  });

  it('a column removed with its conversation has a foreign key or a trigger', async () => {
    /** Of tables whose row is no trigger's. */
    const written: Record<string, string> = {
      pending_actions: `INSERT INTO cairnloop.pending_actions (conversation_id, kind, then_resolve, actor, dedupe_key, due_at, created_at)
        VALUES ($1, 'reply', false, '{}', 'k', now(), now())`,
    };
    const cascaded = Object.entries(dataColumns).filter(([, { erasure }]) => erasure === 'cascaded');
    for (const [table] of cascaded) {
      const { rows } = await database.query(
        `INSERT INTO cairnloop.conversations (subject, tags, created_at, updated_at) VALUES ('x', '{y}', now(), now()) RETURNING id`,
      );
      const count = async () =>
        (await database.query(`SELECT FROM cairnloop.${table} WHERE conversation_id = $1`, [rows[0].id])).rowCount;
      await database.query(written[table] ?? 'SELECT $1::uuid', [rows[0].id]);
      assert.equal(await count(), 1, table);
      await database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [rows[0].id]);
      assert.equal(await count(), 0, table);
    }
  });

  it('the page is up to date; `npm run docs` writes it', () => {
    const page = readFileSync(dataPage, 'utf8');
    assert.match(page, /<!-- columns -->/);
    assert.equal(page, withDataColumns(page));
  });
});
