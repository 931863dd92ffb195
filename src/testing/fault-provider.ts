/** Is called by a host's fake providers for each side effect, so that a fault can be injected there. */
export interface FaultProvider {
  /**
   * Call and await it where a mail, a CRM entry or the like would be made. `key` is the idempotency key that the
   * provider gets: effects of one name and key count once, effects without a key each count. Returns what the provider
   * would return.
   */
  effect(name: string, key?: string): Promise<unknown>;
}

/** The fault to inject at the side effect number `at` of an attempt, from 1. */
export type InjectedFault =
  | { kind: 'none' }
  /** The provider throws, and the side effect does not happen. */
  | { kind: 'refused'; at: number }
  /** The side effect happens, but the connection breaks before the provider's response arrives. */
  | { kind: 'answer lost'; at: number }
  /**
   * The side effect happens, but the provider's response arrives after the time limit, when the next attempt was
   * already made.
   */
  | { kind: 'timed out'; at: number }
  /** The side effect happens, then the process is killed. */
  | { kind: 'killed'; at: number }
  /** The side effect happens, and the provider returns an unexpected value. */
  | { kind: 'odd value'; at: number; value: unknown };

export interface RecordedSideEffect {
  name: string;
  key?: string | undefined;
}

export interface FaultInjectingProvider extends FaultProvider {
  /** How many side effects this attempt has reached. */
  readonly reached: number;
  /** Lets the response arrive that a `timed out` fault holds back. */
  release(): void;
}

/** Makes the provider that injects a fault into one attempt. `record` stores an effect; `kill` ends the process. */
export function createFaultInjectingProvider(
  fault: InjectedFault,
  record: (effect: RecordedSideEffect) => void,
  kill: () => void = () => {},
): FaultInjectingProvider {
  let reached = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    get reached() {
      return reached;
    },
    release: () => release(),
    async effect(name, key) {
      reached += 1;
      const strikes = fault.kind !== 'none' && fault.at === reached;
      if (strikes && fault.kind === 'refused') throw new Error('the provider refused (a fault of the test)');
      record({ name, key });
      if (!strikes) return undefined;
      if (fault.kind === 'killed') kill();
      if (fault.kind === 'timed out') await held;
      if (fault.kind === 'answer lost') throw new Error('the connection broke (a fault of the test)');
      return fault.kind === 'odd value' ? fault.value : undefined;
    },
  };
}

/** Counts how often each side effect happened, by name. */
export function countSideEffects(effects: readonly RecordedSideEffect[]): Map<string, number> {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (const { name, key } of effects) {
    const id = JSON.stringify([name, key]);
    if (key !== undefined && seen.has(id)) continue;
    seen.add(id);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
