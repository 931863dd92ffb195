interface Kept<T> {
  value: Promise<T>;
  /** Infinity while the value is being made. */
  freshUntil: number;
}

/** Caches values by key for a short time. */
export interface FreshCache<T> {
  /** The cached value, the pending one of another caller, or a new one. Failures are not cached. */
  get(key: string, make: () => Promise<T>): Promise<T>;
}

/** `freshMs` counts from when a value was resolved; beyond `max` keys the oldest is dropped. */
export function createFreshCache<T>(options: { freshMs: number; max: number; now?: () => number }): FreshCache<T> {
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
        // Expired entries are dropped even if nobody asks for them.
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
