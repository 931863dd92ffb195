import { isCairnloopError } from '../foundation/errors.js';

/** Permanent SQLSTATE classes: data, constraints, limits, and errors raised by triggers. */
const valueClasses = new Set(['21', '22', '23', '44', '54', 'P0']);

/** Whether the statement can never succeed with these values. */
export function isRefused(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || isCairnloopError(error)) return true;
  return valueClasses.has(codeOf(error).slice(0, 2));
}

/** Whether the lock timeout expired. */
export function isLocked(error: unknown): boolean {
  return codeOf(error) === '55P03';
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}
