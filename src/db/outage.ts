import { isCairnloopError } from '../errors.js';

/** SQLSTATE classes that pass by themselves: connection lost, resources short, operator intervention, system error, rollback. */
const passingClasses = new Set(['08', '53', '57', '58', '40', '55']);

/**
 * Whether a database error is of the moment (a restart, a lost connection, a deadlock) rather than of the statement.
 * Errors without a SQLSTATE come from the connection. Source: Postgres manual, appendix A, error codes.
 */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return false;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || passingClasses.has(code.slice(0, 2));
}

/** Whether the statement never had a chance: no connection, no more connections, or the server going down. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string') return /^(08|53|57P)/.test(code) || /^E[A-Z]{4,}$/.test(code);
  return error instanceof Error && lostWords.test(error.message);
}

/** Whether Postgres or this process gave up waiting for a statement: smaller ones may have a better chance. */
export function tookTooLong(error: unknown): boolean {
  return codeOf(error) === '57014' || (error instanceof Error && error.message === 'Query read timeout');
}

/** How pg words what carries no code. */
const lostWords =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed))/;

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null | undefined)?.code;
}
