/** A repeated signal to wait for. */
export interface Signal {
  /** Settles when it is raised next. */
  next(): Promise<void>;
  raise(): void;
}

export function createSignal(): Signal {
  let resolve = () => {};
  let pending: Promise<void> | undefined;
  return {
    next() {
      pending ??= new Promise((settle) => {
        resolve = settle;
      });
      return pending;
    },
    raise() {
      pending = undefined;
      resolve();
    },
  };
}
