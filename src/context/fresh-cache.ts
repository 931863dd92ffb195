interface Kept<T> {
  value: Promise<T>;
  /** Infinity while the value is being made. */
  freshUntil: number;
}

/** Keeps what was made for a key a short while. */
export interface FreshCache<T> {
  /** The kept value, the one being made for another caller, or a new one. A failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T>;
}

/** `freshMs` counts from when a value is there; beyond `max` keys the oldest is forgotten. */
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
        // What nobody asks for again is not held either.
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
