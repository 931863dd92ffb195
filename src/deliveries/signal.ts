/** A signal that can be raised, and waited for, again and again. */
export interface RepeatableSignal {
  /** Resolves when the signal is raised next. */
  next(): Promise<void>;
  raise(): void;
}

export function createRepeatableSignal(): RepeatableSignal {
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
