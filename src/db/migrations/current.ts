import { type Executor, statement } from '../statement.js';
import { migrations } from './index.js';

/** Whether every migration of this package is applied. Rejects where the schema is missing altogether. */
export async function migrationsAreCurrent(executor: Executor): Promise<boolean> {
  const applied = new Set((await executor.run<{ name: string }>(selectApplied, [])).map((row) => row.name));
  return migrations.every((migration) => applied.has(migration.name));
}

const selectApplied = statement('migrations.applied', (s) => `SELECT name FROM ${s}.migrations`);
