import { CairnloopError } from '../../foundation/errors.js';
import type { Database } from '../connect.js';
import { type Executor, statement } from '../statement.js';
import { migrations } from './index.js';

/** Whether the schema is exactly this package's. Rejects where the schema is missing altogether. */
export async function migrationsAreCurrent(executor: Executor): Promise<boolean> {
  const { pending, unknown } = await compare(executor);
  return pending.length === 0 && unknown.length === 0;
}

/** The migrations of this package that are not applied; all of them where the schema was never made. */
export async function pendingMigrations(executor: Executor): Promise<string[]> {
  return (await compareOrNone(executor)).pending;
}

/** What was found is taken to hold for so long, in milliseconds, while the connections are the same. */
const freshMs = 1000;

/**
 * A check for every call: throws `SCHEMA_NEWER` or `MIGRATIONS_PENDING` unless the schema is exactly this package's, as
 * `migrate` and `worker` do. At most one statement a second, and one for a new connection.
 */
export function createSchemaCheck(db: Database): () => Promise<void> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;
  db.pool.on('connect', () => {
    if (!checking) checkedAt = Number.NEGATIVE_INFINITY;
  });

  async function check(): Promise<void> {
    const { pending, unknown } = await compareOrNone(db);
    if (unknown.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema: db.schema, unknown });
    if (pending.length > 0) throw new CairnloopError('MIGRATIONS_PENDING', { schema: db.schema, pending });
    checkedAt = performance.now();
  }

  return async () => {
    if (performance.now() - checkedAt < freshMs) return;
    checking ??= check().finally(() => {
      checking = undefined;
    });
    await checking;
  };
}

interface Comparison {
  pending: string[];
  /** Applied, and known to a later version only. */
  unknown: string[];
}

/** SQLSTATEs: no such schema, no such table. */
const neverMade = new Set(['3F000', '42P01']);

async function compareOrNone(executor: Executor): Promise<Comparison> {
  try {
    return await compare(executor);
  } catch (error) {
    if (!neverMade.has((error as { code?: string }).code ?? '')) throw error;
    return { pending: migrations.map(({ name }) => name), unknown: [] };
  }
}

async function compare(executor: Executor): Promise<Comparison> {
  const applied = (await executor.run<{ name: string }>(selectApplied, [])).map(({ name }) => name);
  const known = migrations.map(({ name }) => name);
  return {
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

const selectApplied = statement('migrations.applied', (s) => `SELECT name FROM ${s}.migrations`);
