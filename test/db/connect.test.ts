import assert from 'node:assert/strict';
import { type Database, isOutcomeUnknownError, openDatabase } from '../../src/db/connect.js';
import { declareStatement, type NoStatementParams } from '../../src/db/statement.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('a transaction', () => {
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    database = await createTestDatabase();
    db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
  });
  after(async () => {
    await db.close();
    await database.drop();
  });

  const backend = declareStatement<NoStatementParams, { pid: number }>(
    'test.backend',
    () => 'SELECT pg_backend_pid() AS pid',
  );
  const sleep = declareStatement('test.sleep', () => 'SELECT pg_sleep(60)');
  const end = (pid: number) => database.query('SELECT pg_terminate_backend($1)', [pid]);

  it('whose connection is lost between two statements fails, and the process goes on', async () => {
    await assert.rejects(
      db.transaction(async (tx) => {
        const [row] = await tx.run(backend);
        await end(row?.pid ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await tx.run(backend);
      }),
      /terminat|not queryable|closed/i,
    );
    assert.equal((await db.run(backend)).length, 1);
  });

  it('whose connection is lost during a statement fails, and the process goes on', async () => {
    await assert.rejects(
      db.transaction(async (tx) => {
        const [row] = await tx.run(backend);
        const slow = tx.run(sleep);
        await end(row?.pid ?? 0);
        await slow;
      }),
      /terminat/,
    );
    assert.equal((await db.run(backend)).length, 1);
  });

  it('whose connection is lost before its commit is known not to have happened', async () => {
    const lost = db.transaction(async (tx) => {
      const [row] = await tx.run(backend);
      await end(row?.pid ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    await assert.rejects(lost, (error) => !isOutcomeUnknownError(error));
  });

  it('in which a statement failed is never reported as committed, even if the function continued', async () => {
    const bad = declareStatement('test.bad', () => 'SELECT 1 / 0');
    await assert.rejects(
      db.transaction((tx) => tx.run(bad).catch(() => 'went on')),
      /was rolled back/,
    );
  });
});
