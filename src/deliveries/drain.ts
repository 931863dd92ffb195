import type { DeliveryTopic } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';
import { createAttempt } from './attempt.js';
import { type ClaimedDelivery, renewLeases } from './claim.js';
import { createClaimer } from './claimer.js';
import { givenBack, type LoadedCall, loadBatch } from './load-batch.js';
import type { OutcomeWriter } from './outcome-writer.js';
import { createPrefetch } from './prefetch.js';
import { lagOf, report } from './report.js';
import type { TopicHandler } from './topic-handler.js';

/** How long one run may go on, in milliseconds; shorter than the lock of the Agenda job that it runs in. */
const runBudgetMs = 8000;

/** Drains the due deliveries of one topic; one per topic and worker. */
export interface Drainer {
  /** Works until nothing is due. Called while it works, it looks once more at the end. */
  run(): Promise<void>;
  /** Renews the leases of what is under way. */
  renew(): Promise<void>;
  /** Claims no more, gives back what has not started, and waits for running callbacks. */
  stop(): Promise<void>;
  readonly inFlight: number;
  /** It takes no more now: it runs and has no room left, or it is stopping. Wake-ups are for others then. */
  readonly full: boolean;
}

/** Claimed and loaded, waiting for its turn to be called. */
interface Ready {
  row: ClaimedDelivery;
  call: LoadedCall;
  /** When its claim was sent, by this process's own clock: its lease is over no sooner than `leaseMs` after. */
  claimedAt: number;
}

/**
 * Claim -> load -> call -> settle. At most `worker.concurrency` callbacks run at a time. A crash repeats what is called and
 * unsettled: no more than that, or a hundred while calls are very short. While calls are short and more is due, the
 * next batches are claimed and loaded beside them, so that Postgres and the host's code work at the same time.
 */
export function createDrainer(
  runtime: Runtime,
  topic: DeliveryTopic,
  handler: TopicHandler,
  settler: OutcomeWriter,
): Drainer {
  const { concurrency, leaseMs, maxAttempts } = runtime.config.worker;
  const claimer = createClaimer(runtime, topic);
  const attempt = createAttempt(runtime, topic, handler);
  const pace = createPrefetch(concurrency, maxAttempts);
  const held = new Map<string, ClaimedDelivery>();
  const ready: Ready[] = [];
  /** Callbacks that run. */
  let calling = 0;
  /** Called and unsettled. */
  let called = 0;
  let loading = 0;
  let running: Promise<void> | undefined;
  let stopping = false;
  let dirty = false;
  let full = false;
  let calledOthers = false;
  let changed = newSignal();

  async function run(): Promise<void> {
    dirty = true;
    changed.raise();
    if (running || stopping) return;
    running = loop();
    await running.finally(() => {
      running = undefined;
    });
  }

  async function loop(): Promise<void> {
    const until = performance.now() + runBudgetMs;
    const timeIsUp = setTimeout(() => changed.raise(), runBudgetMs);
    calledOthers = false;
    try {
      while (dirty && !stopping && performance.now() < until) await turn();
    } finally {
      clearTimeout(timeIsUp);
      full = false;
    }
    if (dirty && !stopping) runtime.jobs.wake(topic);
  }

  /** One claim, whose load and calls it starts; or, where nothing can be claimed now, the wait for that to change. */
  async function turn(): Promise<void> {
    dirty = false;
    changed = newSignal();
    const room = pace.room({ called, ahead: loading + ready.length });
    const claimedAt = performance.now();
    const rows = room > 0 ? await claimer.next(room) : [];
    if (room > 0) pace.claimed(rows.length, room);
    full = rows.length === room;
    if (full) callOthers();
    if (rows.length > 0) {
      void makeReady(rows, claimedAt);
      dirty = true;
    } else if (held.size > 0) {
      await changed.raised;
      dirty = true;
    }
  }

  /** More is due than this worker takes at once: wakes another, once a run. */
  function callOthers(): void {
    if (!calledOthers) runtime.jobs.wake(topic);
    calledOthers = true;
  }

  /** Loads what was claimed and starts what there is room for; the next claim need not wait for it. */
  async function makeReady(claimed: readonly ClaimedDelivery[], claimedAt: number): Promise<void> {
    const rows = claimed.filter((row) => !claimedAgain(row));
    for (const row of rows) held.set(row.id, row);
    loading += rows.length;
    const mayBeCalled = rows.filter((row) => row.attempts <= maxAttempts);
    const loaded = await loadBatch(runtime, handler, mayBeCalled);
    loading -= rows.length;
    for (const row of rows) ready.push({ row, call: loaded.get(row.id), claimedAt });
    startReady();
    changed.raise();
  }

  /**
   * A lease may run out under its own worker, while the database is away or the process is frozen. What is still under
   * way here is not called a second time: it goes on under the new claim, and its outcome counts.
   */
  function claimedAgain(row: ClaimedDelivery): boolean {
    const own = held.get(row.id);
    if (own) own.claims = row.claims;
    return own !== undefined;
  }

  /** What waited longer than its lease, in a process that was frozen, is somebody else's by now. */
  function startReady(): void {
    while (stopping || (calling < concurrency && called < pace.unsettledLimit)) {
      const next = ready.shift();
      if (!next) return;
      const mine = !stopping && performance.now() < next.claimedAt + leaseMs;
      void deliver({ ...next, call: mine ? next.call : givenBack });
    }
  }

  async function deliver({ row, call, claimedAt }: Ready): Promise<void> {
    called += 1;
    calling += 1;
    const started = performance.now();
    const outcome = await attempt(row, call, claimedAt);
    calling -= 1;
    startReady();
    const seconds = (performance.now() - started) / 1000;
    let claims: number;
    let settled = false;
    do {
      claims = row.claims;
      settled = (await settler.settle({ row, topic, outcome, seconds })) === 'settled' || settled;
      // Once more where this worker claimed the delivery again meanwhile: nobody else would settle that claim.
    } while (row.claims !== claims);
    const lagSeconds = lagOf(row, leaseMs, (performance.now() - claimedAt) / 1000);
    if (settled) report(runtime, { topic, handler, row, outcome, seconds, lagSeconds });
    called -= 1;
    if (outcome.kind !== 'released' && outcome.kind !== 'postponed') pace.took(performance.now() - started);
    held.delete(row.id);
    claimer.released(row.id);
    startReady();
    changed.raise();
  }

  /** What waits behind calls that hang is not kept for them: another worker may be free. */
  function giveBackReady(): void {
    if (ready.length > 0) pace.stalled();
    for (const next of ready.splice(0)) void deliver({ ...next, call: givenBack });
  }

  return {
    run,
    renew: async () => {
      giveBackReady();
      if (held.size > 0) await renewLeases(runtime.db, [...held.values()], leaseMs);
    },
    async stop() {
      stopping = true;
      startReady();
      changed.raise();
      await running?.catch(() => {});
      while (held.size > 0) {
        changed = newSignal();
        await changed.raised;
      }
    },
    get inFlight() {
      return held.size;
    },
    get full() {
      return full || stopping;
    },
  };
}

interface Signal {
  raised: Promise<void>;
  raise(): void;
}

function newSignal(): Signal {
  let raise = () => {};
  const raised = new Promise<void>((resolve) => {
    raise = resolve;
  });
  return { raised, raise };
}
