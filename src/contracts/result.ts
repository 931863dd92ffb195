/**
 * The result of a call of a host module: a value, or the error because of which there is none. Host modules return it
 * instead of throwing.
 */
export type Result<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** A value now, or a promise of one. */
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
