import { isCairnloopError } from '../foundation/errors.js';

/** SQLSTATE classes that speak of the values given: data, constraints, limits, and what a trigger raises. */
const valueClasses = new Set(['21', '22', '23', '44', '54', 'P0']);

/** Whether a statement will never do with these values, so that to try it again is no use. */
export function isRefused(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return true;
  return valueClasses.has(codeOf(error).slice(0, 2));
}

/** Whether another session has a row or a table locked for longer than this one may wait. */
export function isLocked(error: unknown): boolean {
  return codeOf(error) === '55P03';
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}
