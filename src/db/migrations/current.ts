import { CairnloopError } from '../../foundation/errors.js';
import type { Database } from '../connect.js';
import { declareStatement, type Executor, type NoStatementParams } from '../statement.js';
import {
  type AppliedMigration,
  compareMigrations,
  type SchemaComparison,
  selectAppliedMigrations,
} from './compare-schema.js';

/** Whether this package works on the schema. Rejects if the schema does not exist. */
export async function migrationsAreCurrent(executor: Executor): Promise<boolean> {
  const { pending, incompatible } = await compare(executor);
  return pending.length === 0 && incompatible.length === 0;
}

/** The migrations of this package that are not applied; all of them if the schema does not exist. */
export async function readPendingMigrations(executor: Executor): Promise<string[]> {
  return (await compareOrNone(executor)).pending;
}

/** How long a passed schema check holds for the connections that are open, in milliseconds. */
const freshMs = 1000;

/**
 * Creates a check to run before every call. It throws `SCHEMA_NEWER` or `MIGRATIONS_PENDING` unless this package works
 * on the schema, as `migrate` and `worker` do. It queries at most once a second, and after a new connection.
 */
export function createSchemaCheck(db: Database): () => Promise<void> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;
  db.pool.on('connect', () => {
    if (!checking) checkedAt = Number.NEGATIVE_INFINITY;
  });

  async function check(): Promise<void> {
    const { pending, incompatible: unknown } = await compareOrNone(db);
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

/** SQLSTATEs: no such schema, no such table. */
const neverMade = new Set(['3F000', '42P01']);

async function compareOrNone(executor: Executor): Promise<SchemaComparison> {
  try {
    return await compare(executor);
  } catch (error) {
    if (!neverMade.has((error as { code?: string }).code ?? '')) throw error;
    return compareMigrations([]);
  }
}

async function compare(executor: Executor): Promise<SchemaComparison> {
  return compareMigrations(await executor.run(readApplied));
}

const readApplied = declareStatement<NoStatementParams, AppliedMigration>(
  'migrations.applied',
  selectAppliedMigrations,
);
