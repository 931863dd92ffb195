/**
 * Stops calls to an endpoint that keeps failing, and lets one call through now and then to see whether it works again.
 */
export interface CircuitBreaker {
  /**
   * Asks to make a call. Returns the remaining pause in milliseconds, or 0: the caller may call and must report the
   * result.
   */
  admit(): number;
  succeeded(): void;
  /**
   * Reports a failed call. With `askedMs` the endpoint has asked for a pause: the circuit opens at once, for at least
   * that long.
   */
  failed(askedMs?: number): void;
  /** Reports a call whose result says nothing about the endpoint's health. */
  ended(): void;
}

export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  failures: number;
  /** How long the circuit stays open, in milliseconds. */
  pauseMs: number;
  now?: () => number;
}

export function createCircuitBreaker({
  failures,
  pauseMs,
  now = () => performance.now(),
}: CircuitBreakerOptions): CircuitBreaker {
  let inARow = 0;
  let openUntil = 0;
  let isProbing = false;

  function settle(): void {
    isProbing = false;
  }

  return {
    admit() {
      if (inARow < failures) return 0;
      const left = openUntil - now();
      if (left > 0) return left;
      if (isProbing) return pauseMs;
      isProbing = true;
      return 0;
    },
    succeeded() {
      settle();
      inARow = 0;
    },
    failed(askedMs = 0) {
      settle();
      inARow = askedMs > 0 ? Math.max(failures, inARow + 1) : inARow + 1;
      if (inARow >= failures) openUntil = Math.max(openUntil, now() + Math.max(pauseMs, askedMs));
    },
    ended: settle,
  };
}
