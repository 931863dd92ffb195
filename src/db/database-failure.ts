import { CairnloopError } from '../foundation/errors.js';
import { type Database, isOutcomeUnknownError } from './connect.js';
import { describeConnectionFailure, formatDatabaseTarget } from './connection-url.js';
import { readPendingMigrations } from './migrations/current.js';
import { isConnectionLostError, isPoolFullError } from './outage.js';
import { databaseErrorCode } from './sql-state.js';

/** SQLSTATEs for an undefined schema, table, function or column: a migration may be pending. */
const undefinedThing = new Set(['3F000', '42P01', '42883', '42703']);

/** Turns a raw database error into the CairnloopError that a host gets. An unexpected error is returned unchanged. */
export async function toHostDatabaseError(error: unknown, db: Database): Promise<unknown> {
  if (undefinedThing.has(databaseErrorCode(error))) return (await migrationFailure(db, error)) ?? error;
  if (isPoolFullError(error)) return busy(error, db.url, poolFull(db));
  if (isOutcomeUnknownError(error)) return withReason('OUTCOME_UNKNOWN', error, db.url);
  return toKnownDatabaseError(error, db.url) ?? error;
}

/**
 * Returns the error `MIGRATIONS_PENDING` if a migration is pending, which explains an undefined table or column. Else
 * returns undefined: the statement itself is wrong.
 */
async function migrationFailure(db: Database, cause: unknown): Promise<CairnloopError | undefined> {
  const pending = await readPendingMigrations(db).catch(() => []);
  const { schema } = db;
  return pending.length > 0 ? new CairnloopError('MIGRATIONS_PENDING', { schema, pending }, { cause }) : undefined;
}

/**
 * The CairnloopError for a known error of the server or the connection; undefined for any other. Source: Postgres
 * manual, appendix A, error codes.
 */
export function toKnownDatabaseError(error: unknown, url: string): CairnloopError | undefined {
  const code = databaseErrorCode(error);
  if (busyReasons[code]) return busy(error, url, `${busyReasons[code]} (${describeConnectionFailure(error)})`);
  if (code === '25006') return withReason('DATABASE_READ_ONLY', error, url);
  if (/^53[124]00$/.test(code)) return withReason('DATABASE_EXHAUSTED', error, url);
  if (code === '42501') return withReason('DATABASE_PERMISSION', error, url);
  if (code === '22P05' || code === '22021') return withReason('DATABASE_ENCODING', error, url);
  if (sessionLost.has(code)) return withReason('DATABASE_POOLER', error, url);
  if (isConnectionLostError(error) || refusedConnection.test(code)) return databaseUnreachableError(error, url);
  return undefined;
}

/** Matches the codes of a failed attempt to connect: wrong password, no such database, no such host. */
const refusedConnection = /^(28...|3D000|55000|ENOTFOUND|EAI_AGAIN)$/;

/** SQLSTATEs for a prepared statement that is missing or exists already: a pooler has switched the server session. */
const sessionLost = new Set(['26000', '42P05']);

/** Reasons of failures that usually pass on a retry, by SQLSTATE. */
const busyReasons: Record<string, string> = {
  '53300': 'the server accepts no more connections',
  '55P03': 'another session held a lock for too long',
  '57014': 'a statement took too long',
  '40001': 'other transactions changed the same rows at every attempt',
  '40P01': 'other transactions locked the same rows at every attempt',
  '25P03': 'the server ended a transaction that was idle for too long',
};

function poolFull({ pool }: Database): string {
  return `all ${pool.options.max} connections of database.poolSize were in use for too long`;
}

function busy(cause: unknown, url: string, reason: string): CairnloopError {
  return new CairnloopError('DATABASE_BUSY', { target: formatDatabaseTarget(url), reason }, { cause });
}

/** The error `DATABASE_UNREACHABLE` for a failed connection, with target and reason. */
export function databaseUnreachableError(cause: unknown, url: string): CairnloopError {
  const details = {
    target: formatDatabaseTarget(url),
    reason: describeConnectionFailure(cause),
    cause: databaseErrorCode(cause),
  };
  return new CairnloopError('DATABASE_UNREACHABLE', details, { cause });
}

type PlainCode =
  | 'DATABASE_READ_ONLY'
  | 'DATABASE_EXHAUSTED'
  | 'DATABASE_PERMISSION'
  | 'DATABASE_ENCODING'
  | 'DATABASE_POOLER'
  | 'OUTCOME_UNKNOWN';

function withReason(code: PlainCode, cause: unknown, url: string): CairnloopError {
  return new CairnloopError(
    code,
    { target: formatDatabaseTarget(url), reason: describeConnectionFailure(cause) },
    { cause },
  );
}
