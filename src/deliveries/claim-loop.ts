import type { Claimer } from './claimer.js';
import type { InFlight } from './in-flight.js';
import type { Prefetch } from './prefetch.js';
import type { Signal } from './signal.js';

/** How long one run may go on, in milliseconds; shorter than the lock of the Agenda job that it runs in. */
const runBudgetMs = 8000;

/** Claims while anything is due. */
export interface ClaimLoop {
  /** Claims until nothing is due and nothing is in flight. Called while it runs, it looks once more at the end. */
  run(): Promise<void>;
  /** Claims no more. Settles when the claim under way has ended. */
  stop(): Promise<void>;
  /** The last claim left no room, or it is stopping. */
  readonly full: boolean;
}

export interface ClaimLoopOptions {
  claimer: Pick<Claimer, 'next'>;
  prefetch: Prefetch;
  inFlight: Pick<InFlight, 'size' | 'underWay' | 'add'>;
  /** Raised when a batch is loaded, and when a delivery is settled. */
  changed: Signal;
  /** Wakes a worker for this topic: this one again, or another. */
  wake(): void;
}

export function createClaimLoop({ claimer, prefetch, inFlight, changed, wake }: ClaimLoopOptions): ClaimLoop {
  let running: Promise<void> | undefined;
  /** Something may be due that the last claim did not see. */
  let lookAgain = false;
  let full = false;
  let hasWoken = false;
  let stopping = false;

  async function run(): Promise<void> {
    lookAgain = true;
    changed.raise();
    if (running || stopping) return;
    running = runWithinBudget();
    await running.finally(() => {
      running = undefined;
    });
  }

  async function runWithinBudget(): Promise<void> {
    const until = performance.now() + runBudgetMs;
    const timeIsUp = setTimeout(changed.raise, runBudgetMs);
    hasWoken = false;
    try {
      while (lookAgain && !stopping && performance.now() < until) await turn();
    } finally {
      clearTimeout(timeIsUp);
      full = false;
    }
    if (lookAgain && !stopping) wake();
  }

  /** One claim; or, where there is no room or nothing is due, the wait for a change in what is in flight. */
  async function turn(): Promise<void> {
    lookAgain = false;
    const change = changed.next();
    const room = prefetch.room(inFlight.underWay);
    const claimed = room > 0 ? await claim(room) : 0;
    full = claimed === room;
    if (full) wakeAnother();
    if (claimed === 0 && inFlight.size === 0) return;
    if (claimed === 0) await change;
    lookAgain = true;
  }

  async function claim(room: number): Promise<number> {
    const claimedAt = performance.now();
    const rows = await claimer.next(room);
    prefetch.claimed(rows.length, room);
    if (rows.length > 0) void inFlight.add(rows, claimedAt);
    return rows.length;
  }

  /** More is due than this worker takes at once: wakes another, once a run. */
  function wakeAnother(): void {
    if (!hasWoken) wake();
    hasWoken = true;
  }

  return {
    run,
    async stop() {
      stopping = true;
      changed.raise();
      await running?.catch(() => {});
    },
    get full() {
      return full || stopping;
    },
  };
}
