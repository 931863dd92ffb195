/**
 * Stops calls to an endpoint that keeps failing, and lets one call through now and then to see whether it works again.
 */
export interface CircuitBreaker {
  /**
   * Asks the circuit breaker whether the endpoint may be called. Returns 0 if so, and the caller must then report the
   * result; else the remaining pause in milliseconds.
   */
  admit(): number;
  succeeded(): void;
  /**
   * Reports to the circuit breaker that a call failed. With `askedMs` the endpoint has asked for a pause: the circuit
   * opens at once, for at least that long.
   */
  failed(askedMs?: number): void;
  /** Reports to the circuit breaker that a call ended without saying anything about the endpoint's health. */
  ended(): void;
}

export interface CircuitBreakerOptions {
  /** How many failures in a row open the circuit, so that the endpoint is not called for a while. */
  failures: number;
  /** How long an endpoint is not called while its circuit is open, in milliseconds. */
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
