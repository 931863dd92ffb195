/** Lets each key through so often, and no more. */
export interface RateLimit {
  /** 0: go on. Otherwise the whole seconds after which to try again, as `Retry-After` says it. */
  take(key: string): number;
}

export interface RateLimitOptions {
  /** How many at once, after a rest. */
  burst: number;
  /** How many come back in a minute. */
  perMinute: number;
  /** How many keys are remembered; the one that is longest unused goes first. */
  maxKeys?: number;
  now?: () => number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket for each key. Kept in this process alone: with several of them, each counts for itself. */
export function createRateLimit({
  burst,
  perMinute,
  maxKeys = 10_000,
  now = () => performance.now(),
}: RateLimitOptions): RateLimit {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;

  function refill(key: string): Bucket {
    const at = now();
    const { tokens, filledAt } = buckets.get(key) ?? { tokens: burst, filledAt: at };
    return { tokens: Math.min(burst, tokens + (at - filledAt) * perMs), filledAt: at };
  }

  /** A map iterates in the order of insertion, so the first key is the one that is longest unused. */
  function keep(key: string, bucket: Bucket): void {
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size <= maxKeys) return;
    const [oldest] = buckets.keys();
    buckets.delete(oldest as string);
  }

  return {
    take(key) {
      const bucket = refill(key);
      const allowed = bucket.tokens >= 1;
      keep(key, allowed ? { ...bucket, tokens: bucket.tokens - 1 } : bucket);
      return allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    },
  };
}
