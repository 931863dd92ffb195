import assert from 'node:assert/strict';
import { declareStatement, isWriteStatement } from '../../src/db/statement.js';

describe('a statement with named parameters', () => {
  const find = declareStatement<{ id: string; role: string | null; unused?: string }, { id: string }>(
    'test.find',
    (s, p) => `SELECT id FROM ${s}.t WHERE role = ${p.role} OR id = ${p.id}::uuid OR (${p.role})::text IS NULL`,
  );

  it('numbers each parameter by its first use, and every use of it alike', () => {
    assert.equal(find.text('"x"'), 'SELECT id FROM "x".t WHERE role = $1 OR id = $2::uuid OR ($1)::text IS NULL');
  });

  it('hands over the values in that order, for any order of the call, before or after its text is asked for', () => {
    assert.deepEqual(find.values({ id: 'a', role: 'b', unused: 'c' }), ['b', 'a']);
    const fresh = declareStatement<{ a: number; b: number }>('test.fresh', (_, p) => `SELECT ${p.b}, ${p.a}`);
    assert.deepEqual(fresh.values({ a: 1, b: 2 }), [2, 1]);
  });

  it('takes null for a value, and refuses a parameter that is missing behind a cast', () => {
    assert.deepEqual(find.values({ id: 'a', role: null }), [null, 'a']);
    const other = declareStatement<{ id: string; role: string }>('test.other', (_, p) => `SELECT ${p.id}, ${p.role}`);
    assert.throws(() => other.values({ id: 'a' } as never), /statement test\.other has no value for role/);
  });

  it('does not compile with another name than those that it declares', () => {
    // @ts-expect-error a name that is not declared
    declareStatement<{ id: string }>('test.unknown', (_, p) => `SELECT ${p.ids}`);
    // @ts-expect-error a value that is missing
    assert.throws(() => declareStatement<{ id: string }>('test.none', (_, p) => `SELECT ${p.id}`).values({}));
    // @ts-expect-error a value that the statement does not take
    declareStatement<{ id: string }>('test.extra', (_, p) => `SELECT ${p.id}`).values({ id: 'a', role: 'b' });
  });
});

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
  it('is read from its keywords', () => {
    assert.deepEqual(
      [changing.map(isWriteStatement), reading.map(isWriteStatement)],
      [changing.map(() => true), reading.map(() => false)],
    );
  });
});
