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
  /** Settles, and never rejects, when what the claim under way took is in flight; at once without one. */
  claimed(): Promise<void>;
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

export function createClaimLoop(options: ClaimLoopOptions): ClaimLoop {
  const { prefetch, inFlight, changed, wake } = options;
  const claims = trackedClaims(options);
  let running: Promise<void> | undefined;
  /** Something may be due that the last claim did not see. */
  let lookAgain = false;
  let full = false;
  let hasWokenAnother = false;
  let stopping = false;

  async function run(): Promise<void> {
    lookAgain = true;
    changed.raise();
    if (running || stopping) return;
    running = runWithinBudget().finally(() => {
      running = undefined;
      full = false;
    });
    await running;
  }

  async function runWithinBudget(): Promise<void> {
    hasWokenAnother = false;
    await withinBudget(changed.raise, async (hasTime) => {
      while (lookAgain && !stopping && hasTime()) await turn();
    });
    if (lookAgain && !stopping) wake();
  }

  /** Claims once; without room, or if nothing is due, waits for a change of what is in flight. */
  async function turn(): Promise<void> {
    lookAgain = false;
    const change = changed.next();
    const room = prefetch.room(inFlight.underWay);
    const claimed = room > 0 ? await claims.next(room) : 0;
    full = claimed === room;
    // More is due than this worker takes.
    if (full && !hasWokenAnother) wake();
    hasWokenAnother ||= full;
    if (claimed === 0 && inFlight.size === 0) return;
    if (claimed === 0) await change;
    lookAgain = true;
  }

  return {
    run,
    async stop() {
      stopping = true;
      changed.raise();
      await running?.catch(() => {});
    },
    claimed: claims.ended,
    get full() {
      return full || stopping;
    },
    get isRunning() {
      return running !== undefined;
    },
  };
}

/** Claims one batch after the other, and knows when the last one was handed on. */
function trackedClaims(options: ClaimLoopOptions) {
  let last: Promise<number> | undefined;
  return {
    next(room: number): Promise<number> {
      last = claim(room, options);
      return last;
    },
    async ended(): Promise<void> {
      await last?.catch(() => {});
    },
  };
}

/** Claims up to `room` deliveries and begins to load and call them. Returns how many. */
async function claim(room: number, { claimer, prefetch, inFlight }: ClaimLoopOptions): Promise<number> {
  const claimedAt = performance.now();
  const rows = await claimer.next(room);
  prefetch.claimed(rows.length, room);
  if (rows.length > 0) void inFlight.add(rows, claimedAt);
  return rows.length;
}

/** Runs `work` with a question whether its time lasts; calls `timeIsUp` when it ends, so that `work` need not wait. */
async function withinBudget(timeIsUp: () => void, work: (hasTime: () => boolean) => Promise<void>): Promise<void> {
  const until = performance.now() + runBudgetMs;
  const timer = setTimeout(timeIsUp, runBudgetMs);
  try {
    await work(() => performance.now() < until);
  } finally {
    clearTimeout(timer);
  }
}
