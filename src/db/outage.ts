import { isCairnloopError } from '../foundation/errors.js';
import { databaseErrorCode, isSqlState } from './sql-state.js';

/** Transient SQLSTATE classes: connection, resources, operator intervention, system error, rollback. */
const passingClasses = new Set(['08', '53', '57', '58', '40', '55']);

/** Further transient errors: read-only during a failover, and a transaction ended for being idle. */
const passing = new Set(['25006', '25P03']);

/**
 * Whether an error is transient (restart, lost connection, deadlock). Errors without a SQLSTATE come from the
 * connection. Source: Postgres manual, appendix A.
 */
export function isTransientError(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return false;
  return !isSqlState(code) || passingClasses.has(code.slice(0, 2)) || passing.has(code);
}

/**
 * Whether an error means that there was no usable connection: it broke, none was free, or the server is shutting down.
 */
export function isConnectionLostError(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (code !== '') return /^(08|53|57P|25P03)/.test(code) || /^E[A-Z]{4,}$/.test(code);
  return error instanceof Error && connectionLostMessages.test(error.message);
}

/** Whether an error means that the database is read-only: a standby, or a primary that was set read-only. */
export function isReadOnlyError(error: unknown): boolean {
  return databaseErrorCode(error) === '25006';
}

/**
 * Whether a statement failed because a migration changed its table: a prepared plan is outdated, or a function returns
 * rows of the new shape. Recognized by the error's `routine`, because its message is translated.
 */
export function isCachedQueryPlanError(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === '42804' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}

/** Whether an error means that Postgres rolled back because of a concurrent transaction; a retry can succeed. */
export function isTransactionConflictError(error: unknown): boolean {
  return databaseErrorCode(error) === '40001' || databaseErrorCode(error) === '40P01';
}

/** Whether an error means that a statement timed out; a smaller one may succeed. */
export function isStatementTimeoutError(error: unknown): boolean {
  return databaseErrorCode(error) === '57014' || (error instanceof Error && error.message === 'Query read timeout');
}

/** Whether an error means that all connections of this process' own pool were in use for too long. */
export function isPoolFullError(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** Whether an error is the server's reply. Without a reply it is unknown whether the statement was executed. */
export function isErrorFromServer(error: unknown): boolean {
  return isSqlState(databaseErrorCode(error));
}

/** Whether an error means that pg did not send the statement, because it knew that the connection was broken. */
export function isUnsentStatementError(error: unknown): boolean {
  return error instanceof Error && /^Client (has encountered|was closed)/.test(error.message);
}

/** pg's messages for a lost or missing connection, which have no code. */
const connectionLostMessages =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered|was closed))/;
