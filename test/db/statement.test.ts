import assert from 'node:assert/strict';
import { writes } from '../../src/db/statement.js';

describe('whether a statement changes rows', () => {
  const changing = [
    'INSERT INTO t VALUES (1)',
    'WITH a AS (\n UPDATE t SET x = 1 RETURNING *) SELECT * FROM a',
    'DELETE FROM t',
    'SELECT 1 FOR UPDATE; UPDATE t SET x = 1',
  ];
  const reading = [
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t FOR NO KEY UPDATE SKIP LOCKED',
    'SELECT updated_at, inserted FROM t',
    `SELECT 'x' AS deleted`,
  ];
  it('is told by its words', () => {
    assert.deepEqual([changing.map(writes), reading.map(writes)], [changing.map(() => true), reading.map(() => false)]);
  });
});
