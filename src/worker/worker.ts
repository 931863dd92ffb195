import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { workerLockTimeoutMs } from '../db/lock-limit.js';
import { createDeliveryDrainer, type DeliveryDrainer } from '../deliveries/drain.js';
import { logOwedCallbacks } from '../deliveries/log-owed-callbacks.js';
import { createOutcomeWriter, type OutcomeWriter } from '../deliveries/outcome-writer.js';
import type { TopicHandler } from '../deliveries/topic-handler.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { createHeartbeat, type Heartbeat } from './heartbeat.js';
import { customerErasedHandler } from './jobs/customer-erased.js';
import { draftHandler } from './jobs/draft.js';
import { notifyResolvedHandler } from './jobs/notify-resolved.js';
import { outboundHandler } from './jobs/outbound.js';
import { replyHandler } from './jobs/reply.js';
import { slaCountdownHandler } from './jobs/sla-countdown.js';
import { type DeliveryDrainers, startWorkerTimers, type WorkerTimers } from './timers.js';
import { withCallbackTracking } from './tracked-calls.js';
import { logUncaughtErrors } from './uncaught.js';

/** The worker that `cairnloop worker` runs; a host may also run it in its own process. */
export interface Worker {
  /** Starts draining deliveries. Throws `JOBS_UNREACHABLE`. Starting a started worker changes nothing. */
  start(): Promise<void>;
  /**
   * Claims nothing more, waits up to `worker.shutdownTimeoutMs` for running callbacks, releases unstarted deliveries
   * and closes the job store. Callbacks still running are called again after their lease. Takes at most a second longer
   * than that limit, and never rejects.
   */
  stop(): Promise<void>;
  readonly state: 'stopped' | 'running' | 'draining';
}

/** A worker that also reports how long callback outcomes have waited to be written, for the readiness check. */
export interface WorkerWithReadiness extends Worker {
  /** Age of the oldest outcome that could not be written yet, in milliseconds; 0 for none. */
  readonly unwrittenMs: number;
}

const handlers: Record<DeliveryTopic, TopicHandler> = {
  conversation_resolved: notifyResolvedHandler,
  sla_breach: slaCountdownHandler,
  outbound: outboundHandler,
  reply: replyHandler,
  draft: draftHandler,
  customer_erased: customerErasedHandler,
};

/** Time limit for releasing what a worker holds besides its callbacks, such as its job store, in milliseconds. */
const lettingGoMs = 1000;

/** The parts of a running worker. */
interface Running extends WorkerTimers {
  outcomes: OutcomeWriter;
  drainers: DeliveryDrainers;
  uncaught: { stop(): void };
}

/** Creates a worker. `admit` runs at each start and may throw, e.g. on a schema of another version. */
export function createWorker(host: Runtime, admit: () => Promise<void>): WorkerWithReadiness {
  const runtime: Runtime = { ...host, db: host.db.waitingFor(workerLockTimeoutMs) };
  let running: Promise<Running> | undefined;
  let stopping: Promise<void> | undefined;
  let state: Worker['state'] = 'stopped';
  let unwrittenSince = (): number | null => null;
  const heartbeat = createHeartbeat(runtime);
  const beatState = () => (state === 'draining' ? 'draining' : 'running');

  async function start(): Promise<void> {
    if (stopping) await stopping;
    running ??= launch();
    await running;
  }

  async function launch(): Promise<Running> {
    state = 'running';
    const outcomes = createOutcomeWriter(runtime);
    unwrittenSince = () => outcomes.waitingSince;
    const drainers: DeliveryDrainers = forEachTopic((topic) =>
      createDeliveryDrainer(runtime, topic, withCallbackTracking(topic, handlers[topic]), outcomes),
    );
    try {
      await admit();
      await runtime.jobs.start(drainers);
      await heartbeat.beat('running');
      await logOwedCallbacks(runtime);
    } catch (error) {
      await abandon(runtime, drainers, outcomes);
      running = undefined;
      state = 'stopped';
      throw error;
    }
    const timers = startWorkerTimers({ runtime, drainers, handlers, beat: () => heartbeat.beat(beatState()) });
    return { outcomes, drainers, uncaught: logUncaughtErrors(runtime.log), ...timers };
  }

  function stop(): Promise<void> {
    if (!running) return Promise.resolve();
    state = 'draining';
    stopping ??= halt(runtime, heartbeat, running).finally(() => {
      running = undefined;
      stopping = undefined;
      state = 'stopped';
    });
    return stopping;
  }

  return {
    start,
    stop,
    get state() {
      return state;
    },
    get unwrittenMs() {
      const since = unwrittenSince();
      return since === null ? 0 : performance.now() - since;
    },
  };
}

/** Stops the parts of a worker whose start failed. */
async function abandon(runtime: Runtime, drainers: DeliveryDrainers, outcomes: OutcomeWriter): Promise<void> {
  await Promise.all(Object.values(drainers).map((drainer) => drainer.stop()));
  outcomes.stop();
  await runtime.jobs.stop().catch(() => {});
}

/** Stops a worker: its timers, its callbacks up to their time limit, its job store, its heartbeat. Never rejects. */
async function halt(runtime: Runtime, heartbeat: Heartbeat, launched: Promise<Running>): Promise<void> {
  const begun = await launched.catch(() => null);
  if (!begun) return;
  const { drainers, outcomes, intake, upkeep, uncaught } = begun;
  const takenIn = intake.map((timer) => timer.stop());
  const beaten = heartbeat.beat('draining').catch(() => {});
  const left = await drained(Object.values(drainers), runtime.config.worker.shutdownTimeoutMs);
  if (left > 0)
    runtime.log.warn(
      { left },
      'stopped before all callbacks finished; those still running are called again after their lease',
    );
  outcomes.stop();
  const ending = [beaten, ...takenIn, ...upkeep.map((timer) => timer.stop()), stopJobs(runtime)];
  await within(
    lettingGoMs,
    Promise.all(ending).then(() => heartbeat.leave()),
  );
  uncaught.stop();
}

async function stopJobs(runtime: Runtime): Promise<void> {
  try {
    await runtime.jobs.stop();
  } catch (error) {
    runtime.log.warn({ reason: errorText(error) }, 'could not stop the job store; its locks expire by themselves');
  }
}

function forEachTopic<T>(make: (topic: DeliveryTopic) => T): Record<DeliveryTopic, T> {
  return Object.fromEntries(deliveryTopics.map((topic) => [topic, make(topic)])) as Record<DeliveryTopic, T>;
}

/** Stops the drainers and waits for running callbacks, at most `timeoutMs`; returns how many still run. */
async function drained(drainers: readonly DeliveryDrainer[], timeoutMs: number): Promise<number> {
  await within(timeoutMs, Promise.all(drainers.map((drainer) => drainer.stop())));
  return drainers.reduce((sum, drainer) => sum + drainer.inFlight, 0);
}

/** Waits for a promise, at most `timeoutMs`. */
async function within(timeoutMs: number, awaited: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([awaited, timedOut]);
  clearTimeout(timer);
}
