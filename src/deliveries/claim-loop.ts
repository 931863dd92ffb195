import type { Claimer } from './claimer.js';
import type { InFlight } from './in-flight.js';
import type { Prefetch } from './prefetch.js';
import type { Signal } from './signal.js';

/** Time budget of a run, in milliseconds; shorter than the lock of its Agenda job. */
const runBudgetMs = 8000;

/** Claims while anything is due. */
export interface ClaimLoop {
  /** Claims until nothing is due or in flight. A call while it runs makes it check once more at the end. */
  run(): Promise<void>;
  /** Stops claiming; settles when the running claim has ended. */
  stop(): Promise<void>;
  /** No room left, or stopping. */
  readonly full: boolean;
  readonly isRunning: boolean;
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

  /** Claims once; without room, or if nothing is due, waits for a change of what is in flight. */
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

  /** Wakes another worker, once a run: more is due than this one takes. */
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
    get isRunning() {
      return running !== undefined;
    },
  };
}
