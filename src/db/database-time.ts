import type { Runtime } from '../runtime.js';
import { statement } from './statement.js';

/** What time it is by the clock that every process shares. */
export async function databaseTime(runtime: Runtime): Promise<Date> {
  const [row] = await runtime.db.run<{ now: Date }>(selectTime, []);
  if (!row) throw new Error('SELECT answered no row');
  return row.now;
}

const selectTime = statement('clock', (s) => `SELECT ${s}.clock() AS now`);
