import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage, tookTooLong } from '../db/outage.js';
import { errorText } from '../redact.js';
import type { Runtime } from '../runtime.js';
import { type Settlement, settle } from './settle.js';

/** Writes outcomes in groups: those that arrive while one write is under way go together in the next. */
export interface Settler {
  /**
   * Answers once the outcome is committed; false when it was not to be written: someone else had claimed the delivery
   * meanwhile, Postgres refused the outcome, or the worker stopped first.
   */
  settle(settlement: Settlement): Promise<boolean>;
  /** Gives up what cannot be written now; those deliveries are called again after their lease. */
  stop(): void;
}

const retryMs = 500;

/** The most outcomes that go in one statement. */
const groupSize = 1000;

export function createSettler(runtime: Runtime): Settler {
  let waiting: { settlement: Settlement; resolve: (settled: boolean) => void }[] = [];
  let writing = false;
  let stopped = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupSize);
      waiting = waiting.slice(groupSize);
      const leftAlone = await write(group.map((entry) => entry.settlement));
      for (const { settlement, resolve } of group) resolve(!leftAlone.has(settlement.row.id));
    }
    writing = false;
  }

  /** An outcome that was reached is not thrown away because Postgres restarts: written late, it still spares a repeat. */
  async function write(group: readonly Settlement[]): Promise<Set<string>> {
    while (!stopped) {
      try {
        return await settle(runtime.db, group);
      } catch (error) {
        if (!isOutage(error) || (group.length > 1 && tookTooLong(error))) return writeOneByOne(group, error);
        runtime.log.warn(
          { reason: errorText(error), outcomes: group.length },
          'outcomes not written yet; trying again',
        );
        await sleep(retryMs);
      }
    }
    return idsOf(group);
  }

  /** One outcome that Postgres refuses must not take its neighbours with it. */
  async function writeOneByOne(group: readonly Settlement[], error: unknown): Promise<Set<string>> {
    const [only, ...others] = group;
    if (only && others.length === 0) {
      runtime.log.error({ deliveryId: only.row.id, reason: errorText(error) }, 'outcome refused by the database');
      return idsOf(group);
    }
    const leftAlone = await Promise.all(group.map((settlement) => write([settlement])));
    return new Set(leftAlone.flatMap((ids) => [...ids]));
  }

  return {
    settle: (settlement) =>
      new Promise((resolve) => {
        waiting.push({ settlement, resolve });
        if (writing) return;
        writing = true;
        // Outcomes of one turn of the event loop are one group.
        setImmediate(writeAll);
      }),
    stop() {
      stopped = true;
    },
  };
}

function idsOf(group: readonly Settlement[]): Set<string> {
  return new Set(group.map(({ row }) => row.id));
}
