/** Limits how often a request may be made under each key, such as a person's id. */
export interface RateLimit {
  /** Counts a request. Returns 0 if it is allowed, else the seconds for `Retry-After`. */
  take(key: string): number;
}

export interface RateLimitOptions {
  /** How many requests a key may make at once. */
  burst: number;
  /** How many further requests per minute a key may make. */
  perMinute: number;
  /** Maximum number of remembered keys; the least recently used is dropped first. */
  maxKeys?: number;
  now?: () => number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket for each key, in this process only. */
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

  /** Maps iterate in insertion order, so the first key is the least recently used. */
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
