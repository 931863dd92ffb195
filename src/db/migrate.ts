import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { applyMigration, type MigrationDirection } from './apply-migration.js';
import { toKnownDatabaseError } from './database-failure.js';
import { requireMigrationRights, requireSuitableDatabase } from './migrate-preconditions.js';
import {
  type AppliedMigration,
  compareMigrations,
  type SchemaComparison,
  selectAppliedMigrations,
} from './migrations/compare-schema.js';
import { migrations } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';
import { probeDatabase } from './probe.js';
import { quoteIdentifier } from './quote-identifier.js';
import { openSession } from './session.js';

export interface MigrateOptions {
  url: string;
  schema: string;
}

/** Receives a sentence about the progress of a migration, for a person who waits for it. */
export type ReportProgress = (sentence: string) => void;

/** Called before each migration is applied or rolled back. */
export type OnMigration = (step: { name: string; at: number; of: number }) => void;

export interface MigrationStatus extends SchemaComparison {
  schema: string;
}

/**
 * Applies pending migrations, all or up to and including `to`, and returns their names. If `to` is applied already, it
 * only reads and returns none. Safe under concurrent runs. Throws `DATABASE_UNSUITABLE`, `DATABASE_PERMISSION`,
 * `SCHEMA_NEWER`, `MIGRATION_FAILED`.
 */
export function migrateUp(
  options: MigrateOptions,
  to?: string,
  tell?: ReportProgress,
  onMigration?: OnMigration,
): Promise<string[]> {
  const wanted = (applied: readonly string[]) => upTo(to).filter(({ name }) => !applied.includes(name));
  requireKnown(to);
  return change(options, 'up', wanted, tell, onMigration);
}

/**
 * Rolls back the last migration, or all down to and including `to`, and returns their names. Throws
 * `MIGRATION_NOT_APPLIED` if `to` is pending.
 */
export function migrateDown(options: MigrateOptions, to?: string, tell?: ReportProgress): Promise<string[]> {
  const { schema } = options;
  requireKnown(to);
  const wanted = (applied: readonly string[]) => {
    if (to !== undefined && !applied.includes(to))
      throw new CairnloopError('MIGRATION_NOT_APPLIED', { name: to, schema });
    const newestFirst = migrations.filter(({ name }) => applied.includes(name)).toReversed();
    return newestFirst.slice(0, to === undefined ? 1 : newestFirst.findIndex(({ name }) => name === to) + 1);
  };
  return change(options, 'down', wanted, tell);
}

/** Lists applied and pending migrations; writes nothing. */
export function readMigrationStatus(options: MigrateOptions): Promise<MigrationStatus> {
  return withSession(options, async (client) => {
    return { schema: options.schema, ...compareMigrations(await readApplied(client, options.schema)) };
  });
}

/** Throws `MIGRATIONS_PENDING` or `SCHEMA_NEWER` unless this package works on the schema. */
export async function requireMigratedSchema(options: MigrateOptions): Promise<void> {
  const { schema, pending, incompatible } = await readMigrationStatus(options);
  if (incompatible.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema, unknown: incompatible });
  if (pending.length > 0) throw new CairnloopError('MIGRATIONS_PENDING', { schema, pending });
}

function requireKnown(name: string | undefined): void {
  const known = migrations.map((migration) => migration.name);
  if (name !== undefined && !known.includes(name)) throw new CairnloopError('MIGRATION_UNKNOWN', { name, known });
}

function upTo(name: string | undefined): readonly Migration[] {
  return name === undefined ? migrations : migrations.slice(0, migrations.findIndex((one) => one.name === name) + 1);
}

type Wanted = (applied: readonly string[]) => readonly Migration[];

/**
 * Applies or rolls back migrations. Selects them twice: first without the lock, which is not taken if there are none,
 * and again while holding it.
 */
function change(
  options: MigrateOptions,
  way: MigrationDirection,
  wanted: Wanted,
  tell: ReportProgress = () => {},
  onMigration: OnMigration = () => {},
): Promise<string[]> {
  const { schema } = options;
  return withSession(options, async (client) => {
    if ((await toChange(client, schema, wanted)).length === 0) return [];
    if (way === 'up') await requireSuitableDatabase(client, options);
    await requireMigrationRights(client, options);
    await lock(client, schema, tell);
    if (way === 'up') await prepareSchema(client, schema);
    const changed = await toChange(client, schema, wanted);
    for (const [index, migration] of changed.entries()) {
      onMigration({ name: migration.name, at: index + 1, of: changed.length });
      await applyMigration(client, options, migration, way, tell);
    }
    return changed.map(({ name }) => name);
  });
}

/** Runs `work` on one connection without time limits: a migration may be slow and may wait for locks. */
async function withSession<T>(options: MigrateOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { url, schema } = options;
  await probeDatabase(url);
  const limits = { answer: 0, statement: 0, lock: 0, idleInTransaction: 0 };
  let client: pg.Client | undefined;
  try {
    client = await openSession({ url, schema, name: 'cairnloop-migrate', limits });
    return await work(client);
  } catch (error) {
    throw isCairnloopError(error) ? error : (toKnownDatabaseError(error, url) ?? error);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** Pause between two attempts to get the migration lock, in milliseconds. */
const lockRetryMs = 200;

/**
 * Takes the migration lock and holds it until the session ends, because each migration has its own transaction. It
 * polls: a waiting statement would block CREATE INDEX CONCURRENTLY of the run that holds the lock.
 */
async function lock(client: pg.Client, schema: string, tell: ReportProgress): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [
      `cairnloop.migrate.${schema}`,
    ]);
    if (rows[0].taken) return;
    if (tries === 0) tell(`Another migration of schema "${schema}" is running; waiting until it has ended.`);
    await sleep(lockRetryMs);
  }
}

/**
 * Creates the schema only if it is missing: a role without CREATE on the database can migrate a schema that its
 * administrator created.
 */
async function prepareSchema(client: pg.Client, schema: string): Promise<void> {
  const s = quoteIdentifier(schema);
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (!rowCount) await client.query(`CREATE SCHEMA ${s}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${s}.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

/**
 * The migrations that are still to be applied or rolled back. Throws `SCHEMA_NEWER` if this package does not work on
 * the schema, or if a later version has migrated it and anything is left to do: migrations run in their order only.
 */
async function toChange(client: pg.Client, schema: string, wanted: Wanted): Promise<readonly Migration[]> {
  const { applied, unknown, incompatible } = compareMigrations(await readApplied(client, schema));
  const left = wanted(applied);
  const newer = left.length > 0 ? unknown : incompatible;
  if (newer.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema, unknown: newer });
  return left;
}

/** The rows of the table `migrations`; none if the schema does not exist. */
async function readApplied(client: pg.Client, schema: string): Promise<AppliedMigration[]> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = $1 AND relname = 'migrations'`,
    [schema],
  );
  if (!rowCount) return [];
  return (await client.query<AppliedMigration>(selectAppliedMigrations(quoteIdentifier(schema)))).rows;
}
