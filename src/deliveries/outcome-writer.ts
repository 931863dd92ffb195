import type { Runtime } from '../runtime.js';
import type { DeliverySettlement, OutcomeWriteResult } from './settle.js';
import { writeOutcomes } from './write-outcomes.js';

/** Writes outcomes in groups: those that arrive during a write go together in the next. */
export interface OutcomeWriter {
  /**
   * Resolves when the outcome is committed, or kept because of a lock. `refused`: another worker claimed the delivery,
   * Postgres rejected the outcome, or the worker stopped.
   */
  settle(settlement: DeliverySettlement): Promise<OutcomeWriteResult>;
  /** Drops unwritten outcomes; their deliveries are called again after their lease. */
  stop(): void;
  /** When the oldest waiting outcome arrived (`performance.now()`); null for none. */
  readonly waitingSince: number | null;
}

/** Maximum number of outcomes in one statement. */
const groupSize = 1000;

export function createOutcomeWriter(runtime: Runtime): OutcomeWriter {
  let waiting: { settlement: DeliverySettlement; since: number; resolve: (written: OutcomeWriteResult) => void }[] = [];
  let writing = false;
  let writingSince: number | null = null;
  let stopped = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupSize);
      waiting = waiting.slice(groupSize);
      writingSince = group[0]?.since ?? null;
      const settlements = group.map((entry) => entry.settlement);
      const written = await writeOutcomes(runtime, settlements, () => stopped);
      for (const { settlement, resolve } of group) resolve(written.get(settlement.row.id) ?? 'refused');
    }
    writing = false;
    writingSince = null;
  }

  return {
    settle: (settlement) =>
      new Promise((resolve) => {
        waiting.push({ settlement, since: performance.now(), resolve });
        if (writing) return;
        writing = true;
        // The write begins after this turn of the event loop, to group all outcomes that arrive in it.
        setImmediate(writeAll);
      }),
    stop() {
      stopped = true;
    },
    get waitingSince() {
      return writingSince ?? waiting[0]?.since ?? null;
    },
  };
}
