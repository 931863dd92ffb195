/** Creates a set of listeners that are called once for all notifications within `ms` milliseconds. */
export function createDebouncedListeners(ms: number) {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(): void {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener();
      }, ms).unref();
    },
    close(): void {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
