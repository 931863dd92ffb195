import { isConnectionLost } from '../db/outage.js';
import type { DeliveryTopic } from '../domain.js';
import { withTimeout } from '../host/call.js';
import { errorText } from '../redact.js';
import type { Runtime } from '../runtime.js';
import { backoffMs } from './backoff.js';
import { type DeliveryRow, renewLeases } from './claim.js';
import { createClaimer } from './claimer.js';
import { createRecovery } from './recovery.js';
import { report } from './report.js';
import type { Outcome } from './settle.js';
import type { Settler } from './settler.js';
import type { HostCall, TopicHandler } from './topic-handler.js';

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
  /** It runs and has no room left: more may be due than it can take. */
  readonly full: boolean;
}

/**
 * Claim -> load -> call -> settle. At most `worker.concurrency` deliveries are called and unsettled at a time, which is
 * also the most that a crash can repeat.
 */
export function createDrainer(
  runtime: Runtime,
  topic: DeliveryTopic,
  handler: TopicHandler,
  settler: Settler,
): Drainer {
  const { concurrency, leaseMs, callbackTimeoutMs, maxAttempts } = runtime.config.worker;
  const claimer = createClaimer(runtime, topic);
  const recovery = createRecovery(runtime, topic);
  const held = new Map<string, DeliveryRow>();
  const calls = new Set<Promise<void>>();
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

  /** One claim and the start of its calls; or, where nothing can be claimed now, the wait for that to change. */
  async function turn(): Promise<void> {
    dirty = false;
    changed = newSignal();
    const free = concurrency - held.size;
    const rows = free > 0 ? await claimer.next(free) : [];
    full = rows.length === free;
    if (full) callOthers();
    if (rows.length > 0) {
      await start(rows);
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

  async function start(claimed: readonly DeliveryRow[]): Promise<void> {
    const rows = claimed.filter((row) => !claimedAgain(row));
    for (const row of rows) held.set(row.id, row);
    const loaded = await load(rows.filter((row) => row.attempts <= maxAttempts));
    for (const row of rows) {
      const call = deliver(row, loaded.get(row.id));
      calls.add(call);
      call.finally(() => calls.delete(call));
    }
  }

  /**
   * A lease may run out under its own worker, while the database is away or the process is frozen. What is still under
   * way here is not called a second time: it goes on under the new claim, and its outcome counts.
   */
  function claimedAgain(row: DeliveryRow): boolean {
    const own = held.get(row.id);
    if (own) own.claims = row.claims;
    return own !== undefined;
  }

  /**
   * A batch that cannot be loaded is retried one by one: only the delivery at fault pays for it. None is at fault when
   * the database is away.
   */
  async function load(rows: readonly DeliveryRow[]): Promise<Map<string, HostCall | GivenBack>> {
    if (rows.length === 0) return new Map();
    try {
      return await handler.load(runtime, rows);
    } catch (error) {
      if (isConnectionLost(error)) return new Map(rows.map((row) => [row.id, givenBack]));
      const broken = () => {
        throw error;
      };
      if (rows.length === 1) return new Map(rows.map((row) => [row.id, broken]));
      const single = await Promise.all(rows.map((row) => load([row])));
      return new Map(single.flatMap((calls) => [...calls]));
    }
  }

  async function deliver(row: DeliveryRow, call: HostCall | GivenBack | undefined): Promise<void> {
    const started = performance.now();
    const outcome = await attempt(row, call);
    const seconds = (performance.now() - started) / 1000;
    const settled = await settler.settle({ row, outcome });
    if (settled) report(runtime, handler, row, outcome, seconds);
    held.delete(row.id);
    claimer.gone(row.id);
    changed.raise();
  }

  async function attempt(row: DeliveryRow, call: HostCall | GivenBack | undefined): Promise<Outcome> {
    if (row.attempts > maxAttempts) return { kind: 'exhausted', error: whyExhausted(row, maxAttempts) };
    if (stopping || call === givenBack) return { kind: 'released' };
    if (!call) return { kind: 'done' };
    const error = await failureOf(row, call);
    if (error === null) {
      recovery.succeeded();
      return { kind: 'done' };
    }
    recovery.failed();
    return row.attempts < maxAttempts
      ? { kind: 'retry', error, delayMs: backoffMs(row.attempts) }
      : { kind: 'discarded', error };
  }

  async function failureOf(row: DeliveryRow, call: () => unknown): Promise<string | null> {
    const metadata = { topic, deliveryId: row.id, attempt: row.attempts };
    try {
      await runtime.telemetry.span('delivery.attempt', metadata, async () => {
        const failure = handler.failure(await withTimeout(callbackTimeoutMs, handler.method, call));
        if (failure !== null) throw new Error(failure);
      });
      return null;
    } catch (error) {
      return errorText(error);
    }
  }

  return {
    run,
    renew: async () => {
      if (held.size > 0) await renewLeases(runtime.db, [...held.values()], leaseMs);
    },
    async stop() {
      stopping = true;
      changed.raise();
      await running?.catch(() => {});
      await Promise.all(calls);
    },
    get inFlight() {
      return held.size;
    },
    get full() {
      return full;
    },
  };
}

/** `maxAttempts` may have been lowered since the last attempt. */
function whyExhausted({ leases_lost, attempts }: DeliveryRow, maxAttempts: number): string {
  return leases_lost > 0
    ? 'the worker died at the last attempt'
    : `it was tried ${attempts - 1} times, and worker.maxAttempts is ${maxAttempts} now`;
}

/** Stands for a call that could not be made ready and is nobody's fault. */
const givenBack = Symbol('given back');
type GivenBack = typeof givenBack;

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
