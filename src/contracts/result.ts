/**
 * The result of a call of a host module: a value, or the error that explains why there is none. Host modules return it
 * instead of throwing.
 */
export type Result<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** A value, or a promise of a value. */
export type Awaitable<T> = T | Promise<T>;

/** Builds the successful {@link Result}. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/**
 * Builds the failed {@link Result}. `error` is any value; it is logged (truncated, redacted) and never shown to a
 * customer.
 */
export function err<T = never>(error: unknown): Result<T> {
  return { ok: false, error };
}
