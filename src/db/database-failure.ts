import { CairnloopError } from '../foundation/errors.js';
import { type Database, isOutcomeUnknown } from './connect.js';
import { connectReason, databaseTarget } from './connection-url.js';
import { pendingMigrations } from './migrations/current.js';
import { isConnectionLost, isPoolFull } from './outage.js';
import { databaseErrorCode } from './sql-state.js';

/** SQLSTATEs of a statement that names what a migration would have made: schema, table, function, column. */
const undefinedThing = new Set(['3F000', '42P01', '42883', '42703']);

/** The host's view of a raw database error; an unexpected error is returned unchanged. */
export async function databaseFailure(error: unknown, db: Database): Promise<unknown> {
  if (undefinedThing.has(databaseErrorCode(error))) return (await migrationFailure(db, error)) ?? error;
  if (isPoolFull(error)) return busy(error, db.url, poolFull(db));
  if (isOutcomeUnknown(error)) return explained('OUTCOME_UNKNOWN', error, db.url);
  return expectedFailure(error, db.url) ?? error;
}

/** Undefined if no migration is missing: then the statement is wrong, and its own error must be shown. */
async function migrationFailure(db: Database, cause: unknown): Promise<CairnloopError | undefined> {
  const pending = await pendingMigrations(db).catch(() => []);
  const { schema } = db;
  return pending.length > 0 ? new CairnloopError('MIGRATIONS_PENDING', { schema, pending }, { cause }) : undefined;
}

/**
 * What an error of the server or the connection means, by its SQLSTATE; undefined for an unexpected one. Source:
 * Postgres manual, appendix A, error codes.
 */
export function expectedFailure(error: unknown, url: string): CairnloopError | undefined {
  const code = databaseErrorCode(error);
  if (busyWords[code]) return busy(error, url, `${busyWords[code]} (${connectReason(error)})`);
  if (code === '25006') return explained('DATABASE_READ_ONLY', error, url);
  if (/^53[124]00$/.test(code)) return explained('DATABASE_EXHAUSTED', error, url);
  if (code === '42501') return explained('DATABASE_PERMISSION', error, url);
  if (code === '22P05' || code === '22021') return explained('DATABASE_ENCODING', error, url);
  if (sessionLost.has(code)) return explained('DATABASE_POOLER', error, url);
  if (isConnectionLost(error) || refusedConnection.test(code)) return databaseUnreachable(error, url);
  return undefined;
}

/** Codes that answer an attempt to connect and are no connection: a wrong password, no such database, no such host. */
const refusedConnection = /^(28...|3D000|55000|ENOTFOUND|EAI_AGAIN)$/;

/** A prepared statement that is gone, or there already: the session is not the one in which it was prepared. */
const sessionLost = new Set(['26000', '42P05']);

/** Failures that usually pass on a retry. */
const busyWords: Record<string, string> = {
  '53300': 'the server accepts no more connections',
  '55P03': 'another session held a lock for too long',
  '57014': 'a statement took too long',
  '40001': 'other transactions changed the same rows each time it was tried',
  '40P01': 'other transactions locked the same rows each time it was tried',
  '25P03': 'the server ended a transaction that did nothing for too long',
};

function poolFull({ pool }: Database): string {
  return `all ${pool.options.max} connections of database.poolSize were in use for too long`;
}

function busy(cause: unknown, url: string, reason: string): CairnloopError {
  return new CairnloopError('DATABASE_BUSY', { target: databaseTarget(url), reason }, { cause });
}

/** A failed connection as an error that names target and reason. */
export function databaseUnreachable(cause: unknown, url: string): CairnloopError {
  const details = { target: databaseTarget(url), reason: connectReason(cause), cause: databaseErrorCode(cause) };
  return new CairnloopError('DATABASE_UNREACHABLE', details, { cause });
}

type PlainCode =
  | 'DATABASE_READ_ONLY'
  | 'DATABASE_EXHAUSTED'
  | 'DATABASE_PERMISSION'
  | 'DATABASE_ENCODING'
  | 'DATABASE_POOLER'
  | 'OUTCOME_UNKNOWN';

function explained(code: PlainCode, cause: unknown, url: string): CairnloopError {
  return new CairnloopError(code, { target: databaseTarget(url), reason: connectReason(cause) }, { cause });
}
