/** SQLSTATE classes that pass by themselves: connection lost, resources short, operator intervention, system error, rollback. */
const passingClasses = new Set(['08', '53', '57', '58', '40', '55']);

/**
 * Whether a database error is of the moment (a restart, a lost connection, a deadlock) rather than of the statement.
 * Errors without a SQLSTATE come from the connection. Source: Postgres manual, appendix A, error codes.
 */
export function isOutage(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || passingClasses.has(code.slice(0, 2));
}
