import { setTimeout as sleep } from 'node:timers/promises';
import { tookTooLong } from '../db/outage.js';
import { isLocked, isRefused } from '../db/refusal.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { keepOutcomes, type Settlement, settle, type Written } from './settle.js';

/** Writes outcomes in groups: those that arrive while one write is under way go together in the next. */
export interface OutcomeWriter {
  /**
   * Returns once the outcome is committed, or kept for later because its delivery is locked. `refused`: it was not to be
   * written, because someone else had claimed the delivery, Postgres refused it, or the worker stopped first.
   */
  settle(settlement: Settlement): Promise<Written>;
  /** Gives up what cannot be written now; those deliveries are called again after their lease. */
  stop(): void;
  /** Since when the oldest outcome waits, by `performance.now()`; null where none waits. */
  readonly waitingSince: number | null;
}

const retryMs = 500;

/** An outage gets a line in the log at its start, and every ten seconds. */
const triesPerLine = 20;

/** The most outcomes that go in one statement. */
const groupSize = 1000;

export function createOutcomeWriter(runtime: Runtime): OutcomeWriter {
  let waiting: { settlement: Settlement; since: number; resolve: (written: Written) => void }[] = [];
  let writing = false;
  let writingSince: number | null = null;
  let stopped = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupSize);
      waiting = waiting.slice(groupSize);
      writingSince = group[0]?.since ?? null;
      const written = await write(group.map((entry) => entry.settlement));
      for (const { settlement, resolve } of group) resolve(written.get(settlement.row.id) ?? 'refused');
    }
    writing = false;
    writingSince = null;
  }

  /** An outcome that was reached is not thrown away because Postgres restarts: written late, it still spares a repeat. */
  async function write(group: readonly Settlement[]): Promise<Map<string, Written>> {
    for (let tries = 0; !stopped; tries += 1) {
      try {
        return await settleOrKeep(group);
      } catch (error) {
        if (isRefused(error) || (group.length > 1 && tookTooLong(error))) return writeOneByOne(group, error);
        if (tries % triesPerLine === 0)
          runtime.log.warn(
            { reason: errorText(error), outcomes: group.length },
            'outcomes not written yet; trying again',
          );
        await sleep(retryMs);
      }
    }
    return new Map();
  }

  /** Where a whole table is locked, the outcomes are kept in theirs. */
  async function settleOrKeep(group: readonly Settlement[]): Promise<Map<string, Written>> {
    try {
      return await settle(runtime.db, group);
    } catch (error) {
      if (!isLocked(error)) throw error;
      return keepOutcomes(runtime.db, group);
    }
  }

  /** One outcome that Postgres refuses must not take its neighbours with it. */
  async function writeOneByOne(group: readonly Settlement[], error: unknown): Promise<Map<string, Written>> {
    const [only, ...others] = group;
    if (only && others.length === 0) {
      runtime.log.error({ deliveryId: only.row.id, reason: errorText(error) }, 'outcome refused by the database');
      return new Map();
    }
    const written = await Promise.all(group.map((settlement) => write([settlement])));
    return new Map(written.flatMap((one) => [...one]));
  }

  return {
    settle: (settlement) =>
      new Promise((resolve) => {
        waiting.push({ settlement, since: performance.now(), resolve });
        if (writing) return;
        writing = true;
        // Outcomes of one turn of the event loop are one group.
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
