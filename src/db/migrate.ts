import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { expectedFailure } from './database-failure.js';
import { requireRights, requireSuitable } from './migrate-preconditions.js';
import { migrations } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';
import { probeDatabase } from './probe.js';
import { quoteIdentifier } from './quote-identifier.js';
import { openSession } from './session.js';

export interface MigrateOptions {
  url: string;
  schema: string;
}

/** Told of what a person who waits for a migration wants to know. */
export type TellProgress = (sentence: string) => void;

export interface MigrationStatus {
  schema: string;
  applied: string[];
  pending: string[];
  /** Recorded in the schema but unknown to this package: the schema is newer. */
  unknown: string[];
}

/**
 * Applies pending migrations, all or up to and with `to`. Returns the names it applied: none where `to` is applied
 * already, which needs no right but to read. Safe under concurrent runs. Throws `DATABASE_UNSUITABLE`,
 * `DATABASE_PERMISSION`, `SCHEMA_NEWER`, `MIGRATION_FAILED`.
 */
export function migrateUp(options: MigrateOptions, to?: string, tell?: TellProgress): Promise<string[]> {
  const wanted = (applied: readonly string[]) => upTo(to).filter(({ name }) => !applied.includes(name));
  requireKnown(to);
  return change(options, 'up', wanted, tell);
}

/**
 * Rolls the last migration back, or all down to and with `to`. Returns the names it rolled back. Throws
 * `MIGRATION_NOT_APPLIED` where `to` is pending.
 */
export function migrateDown(options: MigrateOptions, to?: string, tell?: TellProgress): Promise<string[]> {
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
export function migrationStatus(options: MigrateOptions): Promise<MigrationStatus> {
  return withSession(options, async (client) => {
    const applied = await appliedNames(client, options.schema);
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

function upTo(name: string | undefined): readonly Migration[] {
  return name === undefined ? migrations : migrations.slice(0, migrations.findIndex((one) => one.name === name) + 1);
}

type Way = 'up' | 'down';
type Wanted = (applied: readonly string[]) => readonly Migration[];

/** What is wanted is looked at before the lock, as there may be nothing to do, and again under it. */
function change(options: MigrateOptions, way: Way, wanted: Wanted, tell: TellProgress = () => {}): Promise<string[]> {
  const { schema } = options;
  return withSession(options, async (client) => {
    if (wanted(await knownNames(client, schema)).length === 0) return [];
    if (way === 'up') await requireSuitable(client, options);
    await requireRights(client, options);
    await lock(client, schema, tell);
    if (way === 'up') await prepareSchema(client, schema);
    const changed = wanted(await knownNames(client, schema));
    for (const migration of changed) await apply(client, options, migration, way);
    return changed.map(({ name }) => name);
  });
}

/** One connection without limits: a migration may take long, and waits for the locks that it needs. */
async function withSession<T>(options: MigrateOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { url, schema } = options;
  await probeDatabase(url);
  const limits = { answer: 0, statement: 0, lock: 0, idleInTransaction: 0 };
  let client: pg.Client | undefined;
  try {
    client = await openSession({ url, schema, name: 'cairnloop-migrate', limits });
    return await work(client);
  } catch (error) {
    throw isCairnloopError(error) ? error : (expectedFailure(error, url) ?? error);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** Between two attempts to get the lock, in milliseconds. */
const lockRetryMs = 200;

/**
 * Held to the end of the session, as each migration has a transaction of its own. Asked for again and again: to wait inside
 * a statement would hold up the CREATE INDEX CONCURRENTLY of the run that has it.
 */
async function lock(client: pg.Client, schema: string, tell: TellProgress): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [
      `cairnloop.migrate.${schema}`,
    ]);
    if (rows[0].taken) return;
    if (tries === 0) tell(`Another migration of schema "${schema}" is running; waiting until it has ended.`);
    await sleep(lockRetryMs);
  }
}

/** A role without CREATE on the database can still migrate a schema that its administrator made. */
async function prepareSchema(client: pg.Client, schema: string): Promise<void> {
  const s = quoteIdentifier(schema);
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (!rowCount) await client.query(`CREATE SCHEMA ${s}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${s}.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

/** The names of applied migrations. Throws `SCHEMA_NEWER` where one of them is not of this package. */
async function knownNames(client: pg.Client, schema: string): Promise<string[]> {
  const applied = await appliedNames(client, schema);
  const unknown = applied.filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) throw new CairnloopError('SCHEMA_NEWER', { schema, unknown });
  return applied;
}

/** None where the schema was never made. */
export async function appliedNames(client: pg.Client, schema: string): Promise<string[]> {
  const table = `${quoteIdentifier(schema)}.migrations`;
  const { rowCount } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = $1 AND relname = 'migrations'`,
    [schema],
  );
  if (!rowCount) return [];
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${table} ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Runs a migration and records it in one transaction, so that a crash between the two cannot happen. */
async function apply(
  client: pg.Client,
  { url, schema }: MigrateOptions,
  migration: Migration,
  way: Way,
): Promise<void> {
  const s = quoteIdentifier(schema);
  const { name } = migration;
  const record =
    way === 'up' ? `INSERT INTO ${s}.migrations (name) VALUES ($1)` : `DELETE FROM ${s}.migrations WHERE name = $1`;
  try {
    const first = way === 'up' ? (migration.prepare?.(s) ?? []) : [];
    for (const text of first) await client.query(text);
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    await client.query(migration[way](s));
    await client.query(record, [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    const expected = expectedFailure(error, url);
    if (expected && ownSentence.has(expected.code)) throw expected;
    throw new CairnloopError('MIGRATION_FAILED', { name, reason: errorText(error, 500) }, { cause: error });
  }
}

/** What says more than that the migration failed, or says that nobody knows. */
const ownSentence = new Set(['DATABASE_PERMISSION', 'DATABASE_READ_ONLY', 'DATABASE_UNREACHABLE']);
