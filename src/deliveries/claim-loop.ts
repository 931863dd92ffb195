import type { DeliveryClaimer } from './claimer.js';
import type { DeliveriesInFlight } from './in-flight.js';
import type { PrefetchControl } from './prefetch.js';
import type { RepeatableSignal } from './signal.js';

/** Time budget of one drain, in milliseconds; shorter than the lock of its Agenda job. */
const runBudgetMs = 8000;

/** Claims the deliveries of one topic while any are due. */
export interface ClaimLoop {
  /** Claims until nothing is due or in flight. A call during a run makes that run check once more at its end. */
  run(): Promise<void>;
  /** Stops claiming; resolves when the running claim has ended. */
  stop(): Promise<void>;
  /**
   * Resolves when the deliveries of the running claim are in flight, or at once if no claim is running. Never rejects.
   */
  claimed(): Promise<void>;
  /** Whether the loop takes no more deliveries: there is no room left, or it is stopping. */
  readonly full: boolean;
  readonly isRunning: boolean;
}

export interface ClaimLoopOptions {
  claimer: Pick<DeliveryClaimer, 'next'>;
  prefetch: PrefetchControl;
  inFlight: Pick<DeliveriesInFlight, 'size' | 'underWay' | 'add'>;
  /** The signal that is raised when a batch is loaded, and when a delivery is settled. */
  changed: RepeatableSignal;
  /** Wakes a worker for this topic, possibly the one that asks for it. */
  wake(): void;
}

export function createClaimLoop(options: ClaimLoopOptions): ClaimLoop {
  const { prefetch, inFlight, changed, wake } = options;
  const claims = trackedClaims(options);
  let running: Promise<void> | undefined;
  /** Whether something may be due that the last claim did not see. */
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

  /** Claims once. If nothing is due, or no room is left, waits until a batch is loaded or a delivery settled. */
  async function turn(): Promise<void> {
    lookAgain = false;
    const change = changed.next();
    const room = prefetch.room(inFlight.underWay);
    const claimed = room > 0 ? await claims.next(room) : 0;
    full = claimed === room;
    // After a full claim, more may be due than this worker takes.
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

/**
 * Runs `work` with a function that returns whether time is left. Calls `timeIsUp` when none is left, so that `work`
 * stops waiting.
 */
async function withinBudget(timeIsUp: () => void, work: (hasTime: () => boolean) => Promise<void>): Promise<void> {
  const until = performance.now() + runBudgetMs;
  const timer = setTimeout(timeIsUp, runBudgetMs);
  try {
    await work(() => performance.now() < until);
  } finally {
    clearTimeout(timer);
  }
}
