import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { toKnownDatabaseError } from './database-failure.js';
import type { Migration } from './migrations/migration.js';
import { quoteIdentifier } from './quote-identifier.js';

export type MigrationDirection = 'up' | 'down';

interface Place {
  url: string;
  schema: string;
}

/**
 * Runs a migration and records it in the same transaction, so that a crash cannot separate them. Throws
 * `MIGRATION_FAILED`, or the error for a missing permission, a read-only database or a lost connection.
 */
export async function applyMigration(
  client: pg.Client,
  { url, schema }: Place,
  migration: Migration,
  direction: MigrationDirection,
  tell: (sentence: string) => void,
): Promise<void> {
  const s = quoteIdentifier(schema);
  const { name } = migration;
  try {
    const first = direction === 'up' ? (migration.prepare?.(s) ?? []) : [];
    for (const text of first) await client.query(text);
    await untilLocksAreFree(name, tell, (lockMs) => attempt(client, { schema, s, lockMs }, migration, direction));
  } catch (error) {
    const expected = toKnownDatabaseError(error, url);
    if (expected && ownSentence.has(expected.code)) throw expected;
    throw new CairnloopError('MIGRATION_FAILED', { name, reason: errorText(error, 500) }, { cause: error });
  }
}

/** Errors that are thrown unchanged, because they explain the failure better than `MIGRATION_FAILED` does. */
const ownSentence = new Set(['DATABASE_PERMISSION', 'DATABASE_READ_ONLY', 'DATABASE_UNREACHABLE']);

interface Attempt {
  schema: string;
  /** The schema's name, quoted. */
  s: string;
  /** How long a statement of the migration waits for a lock, in milliseconds. */
  lockMs: number;
}

async function attempt(
  client: pg.Client,
  { schema, s, lockMs }: Attempt,
  migration: Migration,
  direction: MigrationDirection,
): Promise<void> {
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    await keepVacuumAway(client, schema);
    await client.query(`SET LOCAL lock_timeout = ${lockMs}`);
    await client.query(migration[direction](s));
    await record(client, s, migration, direction);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Makes running autovacuums cancel themselves, by a lock on every table that blocks no reader or writer. Autovacuum
 * yields only after a wait of `deadlock_timeout`; a wait that long for the migration's stronger lock would block every
 * statement.
 */
async function keepVacuumAway(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(selectOwnTables, [schema]);
  if (rows.length === 0) return;
  await client.query(`SELECT set_config('lock_timeout', ${longerThanDeadlockTimeout}, true)`);
  await client.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN SHARE UPDATE EXCLUSIVE MODE`);
}

const selectOwnTables = `
  SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE nspname = $1 AND relkind = 'r' AND has_table_privilege(c.oid, 'UPDATE') ORDER BY c.oid`;

const longerThanDeadlockTimeout =
  "(extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000 + 500)::int || 'ms'";

async function record(
  client: pg.Client,
  s: string,
  migration: Migration,
  direction: MigrationDirection,
): Promise<void> {
  const { name, worksWithCodeOf } = migration;
  if (direction === 'down') await client.query(`DELETE FROM ${s}.migrations WHERE name = $1`, [name]);
  // The column `works_with_code_of` exists from 0021-rolling-upgrades on; no earlier migration needs it.
  else if (worksWithCodeOf === undefined) await client.query(`INSERT INTO ${s}.migrations (name) VALUES ($1)`, [name]);
  else
    await client.query(`INSERT INTO ${s}.migrations (name, works_with_code_of) VALUES ($1, $2)`, [
      name,
      worksWithCodeOf,
    ]);
}

/** SQLSTATEs after which a migration is tried again: lock timeout and deadlock. Both have rolled it back. */
const lockNotFree = new Set(['55P03', '40P01']);

/**
 * Pause between two attempts (ms). Statements of running processes queue behind a requested lock; the pause lets them
 * through.
 */
const betweenAttemptsMs = 500;

/**
 * Lock timeout of a migration's statements (ms). Statements of other processes that queue behind the requested lock
 * wait as long. A migration may wait for several tables in turn, so the first attempts are short; later ones are
 * longer, because a host may have long transactions.
 */
const lockMs = { first: 150, later: 400 };
const shortAttempts = 4;

async function untilLocksAreFree(
  name: string,
  tell: (sentence: string) => void,
  attemptWith: (lockMs: number) => Promise<void>,
): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attemptWith(attempts <= shortAttempts ? lockMs.first : lockMs.later);
    } catch (error) {
      if (!lockNotFree.has((error as { code?: string }).code ?? '')) throw error;
      if (attempts === 2) tell(waiting(name));
      await sleep(betweenAttemptsMs);
    }
  }
}

function waiting(name: string): string {
  return (
    `Migration ${name} waits for a table that another session has locked, and tries again. To find that session: ` +
    `SELECT pid, usename, state, query FROM pg_stat_activity WHERE xact_start < now() - interval '1 second'`
  );
}
