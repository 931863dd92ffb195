import { isCairnloopError } from '../foundation/errors.js';

/** SQLSTATE classes that pass by themselves: connection lost, resources short, operator intervention, system error, rollback. */
const passingClasses = new Set(['08', '53', '57', '58', '40', '55']);

/** Read-only for the moment, as in a failover; a transaction that the server ended because it did nothing. */
const passing = new Set(['25006', '25P03']);

/**
 * Whether a database error is of the moment (a restart, a lost connection, a deadlock) rather than of the statement.
 * Errors without a SQLSTATE come from the connection. Source: Postgres manual, appendix A, error codes.
 */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return false;
  return !isSqlState(code) || passingClasses.has(code.slice(0, 2)) || passing.has(code);
}

/** Whether the statement never had a chance: no connection, no more connections, or the server going down. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string') return /^(08|53|57P|25P03)/.test(code) || /^E[A-Z]{4,}$/.test(code);
  return error instanceof Error && lostWords.test(error.message);
}

/** Whether the database takes no writes: a standby, or a primary that was made read-only. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006';
}

/**
 * Whether a statement is of a table as it was before a column was added, and undone for it. A prepared one cannot run on
 * its connection again (the routine tells it from what else is not supported, its words come in the server's language);
 * one that was under way has met a function that returns rows of the table as it is now.
 */
export function isPlanOutdated(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === '42804' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}

/** Whether Postgres undid the work because of another transaction: the same work has a chance when it is begun anew. */
export function isConflict(error: unknown): boolean {
  return codeOf(error) === '40001' || codeOf(error) === '40P01';
}

/** Whether Postgres or this process gave up waiting for a statement: smaller ones may have a better chance. */
export function tookTooLong(error: unknown): boolean {
  return codeOf(error) === '57014' || (error instanceof Error && error.message === 'Query read timeout');
}

/** Whether every connection of this process' own pool was in use for too long. */
export function isPoolFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** Whether the server has answered at all: without its word nothing is known about what it was sent. */
export function isAnswer(error: unknown): boolean {
  return isSqlState(codeOf(error));
}

/** Whether pg knew the connection to be broken and sent nothing over it. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof Error && /^Client (has encountered|was closed)/.test(error.message);
}

/** How pg words what carries no code. */
const lostWords =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered|was closed))/;

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null | undefined)?.code;
}

function isSqlState(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
}
