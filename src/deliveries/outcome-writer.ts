import { setTimeout as sleep } from 'node:timers/promises';
import { tookTooLong } from '../db/outage.js';
import { isLocked, isRefused } from '../db/refusal.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { keepOutcomes, type Settlement, settle, type Written } from './settle.js';

/** Writes outcomes in groups: those that arrive during a write go together in the next. */
export interface OutcomeWriter {
  /**
   * Settles when the outcome is committed, or kept because of a lock. `refused`: another worker claimed the delivery,
   * Postgres rejected it, or the worker stopped.
   */
  settle(settlement: Settlement): Promise<Written>;
  /** Drops unwritten outcomes; their deliveries are called again after their lease. */
  stop(): void;
  /** When the oldest waiting outcome arrived (`performance.now()`); null for none. */
  readonly waitingSince: number | null;
}

const retryMs = 500;

/** During an outage, log at its start and every ten seconds. */
const triesPerLine = 20;

/** Outcomes in one statement at most. */
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

  /** Outcomes survive a restart of Postgres: written late, they still avoid a repeated call. */
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

  /** If a whole table is locked, outcomes go to `delivery_outcomes`. */
  async function settleOrKeep(group: readonly Settlement[]): Promise<Map<string, Written>> {
    try {
      return await settle(runtime.db, group);
    } catch (error) {
      if (!isLocked(error)) throw error;
      return keepOutcomes(runtime.db, group);
    }
  }

  /** One rejected outcome must not fail its group. */
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
        // Group the outcomes of one turn of the event loop.
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
