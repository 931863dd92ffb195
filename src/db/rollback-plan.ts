import { CairnloopError } from '../foundation/errors.js';
import { openDatabase, quoteIdentifier } from './connect.js';
import { type MigrateOptions, readMigrationStatus } from './migrate.js';
import { migrations } from './migrations/index.js';

/** Data that a rollback deletes: a table, or a column of a remaining table. */
export interface DataDroppedByRollback {
  table: string;
  column: string | null;
  /** Number of rows in the table, or of rows with a value in the column. */
  rows: number;
}

export interface RollbackPlan {
  /** Names of the migrations, in the order in which they are rolled back. */
  names: string[];
  dropped: DataDroppedByRollback[];
}

/**
 * Lists what `migrateDown` would roll back and delete, with row counts; writes nothing. Throws `MIGRATION_UNKNOWN`,
 * `MIGRATION_NOT_APPLIED`, `SCHEMA_NEWER`, `DATABASE_UNREACHABLE`.
 */
export async function planRollback(options: MigrateOptions, to?: string): Promise<RollbackPlan> {
  const known = migrations.map(({ name }) => name);
  if (to !== undefined && !known.includes(to)) throw new CairnloopError('MIGRATION_UNKNOWN', { name: to, known });
  const status = await readMigrationStatus(options);
  const { applied, unknown, schema } = status;
  if (unknown.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema, unknown });
  if (to !== undefined && !applied.includes(to))
    throw new CairnloopError('MIGRATION_NOT_APPLIED', { name: to, schema });
  const names = applied.slice(to === undefined ? -1 : applied.indexOf(to)).toReversed();
  return { names, dropped: await countRows(options, findDataDroppedByRollback(names)) };
}

type Place = Omit<DataDroppedByRollback, 'rows'>;

/** The tables and columns that a rollback of these migrations drops. Pure; a test compares it with a real rollback. */
export function findDataDroppedByRollback(names: readonly string[]): Place[] {
  const texts = migrations.filter(({ name }) => names.includes(name)).map(({ down }) => down('S'));
  const tables = texts.flatMap((text) => [...text.matchAll(/DROP TABLE (?:IF EXISTS )?([^;]+)/g)].flatMap(tablesIn));
  const columns = texts.flatMap(columnsIn).filter(({ table }) => !tables.includes(table));
  return [...tables.map((table) => ({ table, column: null })), ...columns];
}

function tablesIn([, list = '']: readonly string[]): string[] {
  return [...list.matchAll(/S\.(\w+)/g)].map(([, table = '']) => table);
}

function columnsIn(text: string): Place[] {
  return [...text.matchAll(/ALTER TABLE S\.(\w+)([^;]*)/g)].flatMap(([, table = '', actions = '']) =>
    [...actions.matchAll(/DROP COLUMN (?:IF EXISTS )?(\w+)/g)].map(([, column = '']) => ({ table, column })),
  );
}

async function countRows({ url, schema }: MigrateOptions, places: readonly Place[]): Promise<DataDroppedByRollback[]> {
  const db = openDatabase({ url, schema, poolSize: 1 });
  try {
    const counted: DataDroppedByRollback[] = [];
    for (const place of places) {
      const table = `${quoteIdentifier(schema)}.${quoteIdentifier(place.table)}`;
      const what = place.column === null ? '*' : quoteIdentifier(place.column);
      const { rows } = await db.pool.query(`SELECT count(${what}) AS rows FROM ${table}`);
      counted.push({ ...place, rows: Number(rows[0].rows) });
    }
    return counted;
  } finally {
    await db.close();
  }
}
