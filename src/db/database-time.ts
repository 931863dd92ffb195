import { type Executor, type NoParams, statement } from './statement.js';
import { type Timestamp, toDate } from './timestamp.js';

/** What time it is by the clock that every process shares. */
export async function databaseTime(executor: Executor): Promise<Date> {
  const [row] = await executor.run(selectTime);
  if (!row) throw new Error('SELECT answered no row');
  return toDate(row.now);
}

const selectTime = statement<NoParams, { now: Timestamp }>('clock', (s) => `SELECT ${s}.clock() AS now`);
