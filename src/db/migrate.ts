import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { QueryTypes, Sequelize } from 'sequelize';
import { type MigrationParams, Umzug, type UmzugStorage } from 'umzug';
import { CairnloopError, isCairnloopError } from '../errors.js';
import { errorText } from '../redact.js';
import { probeDatabase, quoteIdentifier } from './connect.js';
import { migrations } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';

export interface MigrateOptions {
  url: string;
  schema: string;
}

export interface MigrationStatus {
  schema: string;
  applied: string[];
  pending: string[];
  /** Recorded in the schema but unknown to this package: the schema is newer. */
  unknown: string[];
}

/**
 * Applies pending migrations, all or up to and with `to`. Answers the names it applied: none where `to` is applied
 * already. Safe under concurrent runs.
 */
export function migrateUp(options: MigrateOptions, to?: string): Promise<string[]> {
  requireKnown(to);
  return underLock(options, async (umzug) => {
    const pending = names(await umzug.pending());
    const wanted = pending.slice(0, to === undefined ? undefined : pending.indexOf(to) + 1);
    return names(await umzug.up({ migrations: wanted }));
  });
}

/**
 * Rolls the last migration back, or all down to and with `to`. Answers the names it rolled back. Throws
 * `MIGRATION_NOT_APPLIED` where `to` is pending.
 */
export function migrateDown(options: MigrateOptions, to?: string): Promise<string[]> {
  requireKnown(to);
  return underLock(options, async (umzug) => {
    if (to !== undefined && !names(await umzug.executed()).includes(to))
      throw new CairnloopError('MIGRATION_NOT_APPLIED', { name: to, schema: options.schema });
    return names(await umzug.down(to ? { to } : {}));
  });
}

/** Lists applied and pending migrations; writes nothing. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationStatus> {
  await probeDatabase(options.url);
  return withSequelize(options, async (sequelize) => {
    const applied = await appliedNames(sequelize, options.schema);
    const known = migrations.map((migration) => migration.name);
    return {
      schema: options.schema,
      applied: applied.filter((name) => known.includes(name)),
      pending: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    };
  });
}

/** Throws `MIGRATIONS_PENDING` or `SCHEMA_NEWER` unless the schema is exactly this package's. */
export async function requireMigrated(options: MigrateOptions): Promise<void> {
  const status = await migrationStatus(options);
  if (status.unknown.length > 0) throw new CairnloopError('SCHEMA_NEWER', status);
  if (status.pending.length > 0) throw new CairnloopError('MIGRATIONS_PENDING', status);
}

function requireKnown(name: string | undefined): void {
  const known = migrations.map((migration) => migration.name);
  if (name !== undefined && !known.includes(name)) throw new CairnloopError('MIGRATION_UNKNOWN', { name, known });
}

function names(applied: { name: string }[]): string[] {
  return applied.map((migration) => migration.name);
}

async function underLock<T>(options: MigrateOptions, work: (umzug: Umzug<Sequelize>) => Promise<T>): Promise<T> {
  await probeDatabase(options.url);
  const lock = new pg.Client({ connectionString: options.url });
  lock.on('error', () => {});
  await lock.connect();
  try {
    // Held by a session of its own, as each migration has a transaction of its own.
    await takeLock(lock, `cairnloop.migrate.${options.schema}`);
    return await withSequelize(options, async (sequelize) => {
      await prepareSchema(sequelize, options.schema);
      await refuseNewerSchema(sequelize, options.schema);
      return work(createUmzug(sequelize, options.schema, lock));
    });
  } catch (error) {
    throw isCairnloopError((error as Error).cause) ? (error as Error).cause : error;
  } finally {
    await lock.end();
  }
}

/** Asks again and again: to wait inside a statement would hold up CREATE INDEX CONCURRENTLY of the run that has it. */
async function takeLock(client: pg.Client, name: string): Promise<void> {
  while (true) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [name]);
    if (rows[0].taken) return;
    await setTimeout(200);
  }
}

async function withSequelize<T>(options: MigrateOptions, work: (sequelize: Sequelize) => Promise<T>): Promise<T> {
  const sequelize = new Sequelize(options.url, { dialect: 'postgres', logging: false, pool: { max: 2 } });
  try {
    return await work(sequelize);
  } finally {
    await sequelize.close();
  }
}

/** A role without CREATE on the database can still migrate a schema that its administrator made. */
async function prepareSchema(sequelize: Sequelize, schema: string): Promise<void> {
  const s = quoteIdentifier(schema);
  const [found] = await sequelize.query('SELECT 1 FROM pg_namespace WHERE nspname = :schema', {
    replacements: { schema },
    type: QueryTypes.SELECT,
  });
  if (!found) await sequelize.query(`CREATE SCHEMA ${s}`);
  await sequelize.query(
    `CREATE TABLE IF NOT EXISTS ${s}.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

async function refuseNewerSchema(sequelize: Sequelize, schema: string): Promise<void> {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = (await appliedNames(sequelize, schema)).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema, unknown });
}

async function appliedNames(sequelize: Sequelize, schema: string): Promise<string[]> {
  const table = `${quoteIdentifier(schema)}.migrations`;
  const [present] = await sequelize.query<{ found: boolean }>('SELECT to_regclass(:table) IS NOT NULL AS found', {
    replacements: { table },
    type: QueryTypes.SELECT,
  });
  if (!present?.found) return [];
  return names(
    await sequelize.query<{ name: string }>(`SELECT name FROM ${table} ORDER BY name`, { type: QueryTypes.SELECT }),
  );
}

function createUmzug(sequelize: Sequelize, schema: string, lock: pg.Client): Umzug<Sequelize> {
  return new Umzug({
    context: sequelize,
    logger: undefined,
    storage: recordedWithTheChange(schema),
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: async () => {
        await prepare(lock, schema, migration);
        await apply(sequelize, schema, migration, 'up');
      },
      down: () => apply(sequelize, schema, migration, 'down'),
    })),
  });
}

/** Runs a migration and records it in one transaction, so that a crash between the two cannot happen. */
async function apply(sequelize: Sequelize, schema: string, migration: Migration, way: 'up' | 'down'): Promise<void> {
  const s = quoteIdentifier(schema);
  const record =
    way === 'up'
      ? `INSERT INTO ${s}.migrations (name) VALUES (:name)`
      : `DELETE FROM ${s}.migrations WHERE name = :name`;
  try {
    await sequelize.transaction(async (transaction) => {
      await sequelize.query('SET LOCAL statement_timeout = 0', { transaction });
      await sequelize.query(migration[way](s), { transaction });
      await sequelize.query(record, { replacements: { name: migration.name }, transaction });
    });
  } catch (error) {
    throw migrationFailed(migration, error);
  }
}

/** Over the session that holds the lock, so that Postgres sees who waits for whom. */
async function prepare(lock: pg.Client, schema: string, migration: Migration): Promise<void> {
  try {
    await lock.query('SET statement_timeout = 0');
    for (const text of migration.prepare?.(quoteIdentifier(schema)) ?? []) await lock.query(text);
  } catch (error) {
    throw migrationFailed(migration, error);
  }
}

function migrationFailed({ name }: Migration, cause: unknown): CairnloopError {
  return new CairnloopError('MIGRATION_FAILED', { name, reason: errorText(cause, 500) }, { cause });
}

function recordedWithTheChange(schema: string): UmzugStorage<Sequelize> {
  return {
    logMigration: async (_: MigrationParams<Sequelize>) => {},
    unlogMigration: async (_: MigrationParams<Sequelize>) => {},
    executed: ({ context }) => appliedNames(context, schema),
  };
}
