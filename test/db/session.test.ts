import assert from 'node:assert/strict';
import { openSessionPool } from '../../src/db/session.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

describe('a pool of sessions', () => {
  it('replaces an idle connection that the server ends, and does not end the process', async () => {
    const database = await createTestDatabase();
    const pool = openSessionPool({ url: database.url, schema: 'cairnloop', name: 'test', max: 1 });
    try {
      const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await eventually(() => assert.equal(pool.totalCount, 0));
      const replaced = await pool.query('SELECT pg_backend_pid() AS pid');
      assert.notEqual(replaced.rows[0].pid, rows[0].pid);
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
