import { declareStatement, type Executor, type NoStatementParams } from './statement.js';
import { type Timestamp, toDate } from './timestamp.js';

/** The time by the database's clock, which all processes share. */
export async function readDatabaseTime(executor: Executor): Promise<Date> {
  const [row] = await executor.run(selectTime);
  if (!row) throw new Error('SELECT returned no row');
  return toDate(row.now);
}

const selectTime = declareStatement<NoStatementParams, { now: Timestamp }>(
  'clock',
  (s) => `SELECT ${s}.clock() AS now`,
);
