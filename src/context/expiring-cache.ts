interface Kept<T> {
  value: Promise<T>;
  /** When the cached value expires, in the time of `now`; infinity while the value is pending. */
  freshUntil: number;
}

/** A cache of values by key that expire after a short time. */
export interface ExpiringCache<T> {
  /**
   * Returns the cached value, the pending value of another caller, or the result of `make`. Failures are not cached.
   */
  get(key: string, make: () => Promise<T>): Promise<T>;
}

/**
 * Creates a cache whose values expire `freshMs` milliseconds after they resolved. Beyond `max` keys the oldest is
 * dropped.
 */
export function createExpiringCache<T>(options: {
  freshMs: number;
  max: number;
  now?: () => number;
}): ExpiringCache<T> {
  const { freshMs, max, now = () => performance.now() } = options;
  const entries = new Map<string, Kept<T>>();

  function keep(key: string, value: Promise<T>): Promise<T> {
    const entry: Kept<T> = { value, freshUntil: Number.POSITIVE_INFINITY };
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= max) break;
      entries.delete(oldest);
    }
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    return value.then(
      (made) => {
        entry.freshUntil = now() + freshMs;
        // Free the memory of an expired value even if nobody reads its key again.
        setTimeout(forget, freshMs).unref();
        return made;
      },
      (error) => {
        forget();
        throw error;
      },
    );
  }

  return {
    async get(key, make) {
      const entry = entries.get(key);
      return entry && now() < entry.freshUntil ? entry.value : keep(key, make());
    },
  };
}
