import { isCairnloopError } from '../foundation/errors.js';
import { databaseErrorCode, isSqlState } from './sql-state.js';

/** Permanent SQLSTATE classes: data, constraints, limits, and errors raised by triggers. */
const valueClasses = new Set(['21', '22', '23', '44', '54', 'P0']);

/** Whether an error shows that the statement can never succeed with its values. */
export function isPermanentError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return true;
  const code = databaseErrorCode(error);
  return isSqlState(code) && valueClasses.has(code.slice(0, 2));
}

/** Whether an error is an expired lock timeout: another session holds the lock. */
export function isLockTimeoutError(error: unknown): boolean {
  return databaseErrorCode(error) === '55P03';
}
