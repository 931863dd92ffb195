/** The code of a database error: a SQLSTATE, Node.js' code of a broken connection, or an empty text if it has none. */
export function databaseErrorCode(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

export function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code);
}
