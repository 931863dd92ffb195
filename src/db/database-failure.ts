import { CairnloopError } from '../errors.js';
import { connectReason, type Database, databaseTarget } from './connect.js';
import { pendingMigrations } from './migrations/current.js';
import { isConnectionLost } from './outage.js';

/** SQLSTATEs of a statement that names what a migration would have made: schema, table, function, column. */
const undefinedThing = new Set(['3F000', '42P01', '42883', '42703']);

/** Codes of an answer to connecting that is no connection: a wrong password, no such database, no such host. */
const refusedConnection = /^(28...|3D000|EAI_AGAIN)$/;

/** What a raw database error means to the host; the error itself where it means nothing that is expected. */
export async function databaseFailure(error: unknown, db: Database, url: string): Promise<unknown> {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (undefinedThing.has(String(code))) return (await migrationFailure(db, error)) ?? error;
  if (isConnectionLost(error) || refusedConnection.test(String(code))) return unreachable(error, url);
  return error;
}

/** Undefined where no migration is missing: then the statement itself is wrong, which must not be dressed up. */
async function migrationFailure(db: Database, cause: unknown): Promise<CairnloopError | undefined> {
  const pending = await pendingMigrations(db).catch(() => []);
  const { schema } = db;
  return pending.length > 0 ? new CairnloopError('MIGRATIONS_PENDING', { schema, pending }, { cause }) : undefined;
}

function unreachable(cause: unknown, url: string): CairnloopError {
  const details = { target: databaseTarget(url), reason: connectReason(cause) };
  return new CairnloopError('DATABASE_UNREACHABLE', details, { cause });
}
