import { type Executor, statement } from './statement.js';

/** What time it is by the clock that every process shares. */
export async function databaseTime(executor: Executor): Promise<Date> {
  const [row] = await executor.run<{ now: Date }>(selectTime, []);
  if (!row) throw new Error('SELECT answered no row');
  return row.now;
}

const selectTime = statement('clock', (s) => `SELECT ${s}.clock() AS now`);
