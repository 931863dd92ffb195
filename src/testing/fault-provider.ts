/** Receiver of side effects from a host's fake providers, so that faults can strike at each effect. */
export interface FaultProvider {
  /**
   * To be called and awaited where a mail, a CRM entry or the like would be made. `key` is the idempotency key that the
   * provider is handed: effects of one name and key count once, effects without a key each count. Returns what the
   * provider would return.
   */
  effect(name: string, key?: string): Promise<unknown>;
}

/** What happens at the `at`-th effect of an attempt, from 1. */
export type Fault =
  | { kind: 'none' }
  /** The provider refuses: the effect does not happen. */
  | { kind: 'refused'; at: number }
  /** The effect happens, and the connection breaks before its answer arrives. */
  | { kind: 'answer lost'; at: number }
  /** The effect happens, and its answer arrives long after the time limit, while the next attempt has been made. */
  | { kind: 'timed out'; at: number }
  /** The effect happens, and the process is killed. */
  | { kind: 'killed'; at: number }
  /** The provider returns a value that nobody expects. */
  | { kind: 'odd value'; at: number; value: unknown };

export interface RecordedEffect {
  name: string;
  key?: string | undefined;
}

export interface FaultedProvider extends FaultProvider {
  /** How many effects this attempt has reached. */
  readonly reached: number;
  /** Lets an answer arrive that a `timed out` fault holds back. */
  release(): void;
}

/** The provider of one attempt. `record` keeps an effect; `kill` ends the process. */
export function faultedProvider(
  fault: Fault,
  record: (effect: RecordedEffect) => void,
  kill: () => void = () => {},
): FaultedProvider {
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

/** How often each effect happened, by name. */
export function countEffects(effects: readonly RecordedEffect[]): Map<string, number> {
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
