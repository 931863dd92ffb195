/** Stops calls to an endpoint that keeps failing, and lets one through now and then to see whether it is back. */
export interface CircuitBreaker {
  /** Remaining pause of calls, in milliseconds; 0 admits the caller, who must report its result. */
  admit(): number;
  succeeded(): void;
  /** With `askedMs`, the endpoint asked for a pause: it opens at once, for no less than that. */
  failed(askedMs?: number): void;
  /** A call that says nothing about the endpoint's health. */
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
