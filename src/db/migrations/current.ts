import { type Executor, statement } from '../statement.js';
import { migrations } from './index.js';

/** Whether every migration of this package is applied. Rejects where the schema is missing altogether. */
export async function migrationsAreCurrent(executor: Executor): Promise<boolean> {
  return (await lacking(executor)).length === 0;
}

/** The migrations of this package that are not applied; all of them where the schema was never made. */
export async function pendingMigrations(executor: Executor): Promise<string[]> {
  try {
    return await lacking(executor);
  } catch (error) {
    if (!neverMade.has((error as { code?: string }).code ?? '')) throw error;
    return migrations.map(({ name }) => name);
  }
}

/** SQLSTATEs: no such schema, no such table. */
const neverMade = new Set(['3F000', '42P01']);

async function lacking(executor: Executor): Promise<string[]> {
  const applied = new Set((await executor.run<{ name: string }>(selectApplied, [])).map((row) => row.name));
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

const selectApplied = statement('migrations.applied', (s) => `SELECT name FROM ${s}.migrations`);
