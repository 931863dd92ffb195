import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { workerLockMs } from '../db/lock-limit.js';
import { createDrainer, type Drainer } from '../deliveries/drain.js';
import { writeKeptOutcomes } from '../deliveries/kept-outcomes.js';
import { logOwedCallbacks } from '../deliveries/log-owed-callbacks.js';
import { createOutcomeWriter, type OutcomeWriter } from '../deliveries/outcome-writer.js';
import type { TopicHandler } from '../deliveries/topic-handler.js';
import { errorText } from '../foundation/redact.js';
import { createActionTimer } from '../pending-actions/action-timer.js';
import type { Runtime } from '../runtime.js';
import { named } from './calls.js';
import { handOverAnchor } from './hand-over-anchor.js';
import { createHeartbeat } from './heartbeat.js';
import { customerErased } from './jobs/customer-erased.js';
import { draft } from './jobs/draft.js';
import { notifyResolved } from './jobs/notify-resolved.js';
import { outbound } from './jobs/outbound.js';
import { reply } from './jobs/reply.js';
import { slaCountdown } from './jobs/sla-countdown.js';
import { createMaintenance } from './maintenance.js';
import { type Repeating, repeat } from './repeat.js';
import { createSnoozeAlarm } from './snooze-alarm.js';
import { createSweep } from './sweep.js';
import { logUncaught } from './uncaught.js';

/** What `cairnloop worker` runs; a host may run it in a process of its own. */
export interface Worker {
  /** Starts draining deliveries. Throws `JOBS_UNREACHABLE`. Starting a started worker changes nothing. */
  start(): Promise<void>;
  /**
   * Claims nothing more, waits up to `worker.shutdownTimeoutMs` for running callbacks, releases unstarted deliveries
   * and closes the job store. Callbacks still running are called again after their lease. Takes at most a second
   * longer, and never rejects.
   */
  stop(): Promise<void>;
  readonly state: 'stopped' | 'running' | 'draining';
}

/** As readiness sees it. */
export interface ObservedWorker extends Worker {
  /** How long the oldest outcome could not be written, in milliseconds; 0 for none. */
  readonly unwrittenMs: number;
}

const handlers: Record<DeliveryTopic, TopicHandler> = {
  conversation_resolved: notifyResolved,
  sla_breach: slaCountdown,
  outbound,
  reply,
  draft,
  customer_erased: customerErased,
};

const heartbeatMs = 5000;
const sweepMs = 1000;
/** Further than the next round, so that no action is due between two. */
const actionsAheadMs = 1600;
const maintenanceMs = 10_000;
const keptOutcomesMs = 1000;
const anchorMs = 10_000;

/** Time to release everything after the callbacks, in milliseconds. */
const lettingGoMs = 1000;

/** The parts of a running worker. */
interface Running {
  outcomes: OutcomeWriter;
  drainers: Record<DeliveryTopic, Drainer>;
  /** Timers that take new work. */
  intake: Repeating[];
  /** Timers that running callbacks need: lease renewal and heartbeat. */
  upkeep: Repeating[];
  uncaught: { stop(): void };
}

/** `admit` may refuse to start, as on a schema of another version. */
export function createWorker(host: Runtime, admit: () => Promise<void>): ObservedWorker {
  const runtime: Runtime = { ...host, db: host.db.waitingFor(workerLockMs) };
  let running: Promise<Running> | undefined;
  let stopping: Promise<void> | undefined;
  let state: Worker['state'] = 'stopped';
  let unwrittenSince = (): number | null => null;
  const heartbeat = createHeartbeat(runtime);

  async function start(): Promise<void> {
    if (stopping) await stopping;
    running ??= launch();
    await running;
  }

  async function launch(): Promise<Running> {
    state = 'running';
    const outcomes = createOutcomeWriter(runtime);
    unwrittenSince = () => outcomes.waitingSince;
    const drainers = forEachTopic((topic) => createDrainer(runtime, topic, named(topic, handlers[topic]), outcomes));
    try {
      await admit();
      await runtime.jobs.start(drainers);
      await heartbeat.beat('running');
      await logOwedCallbacks(runtime);
    } catch (error) {
      await Promise.all(Object.values(drainers).map((drainer) => drainer.stop()));
      outcomes.stop();
      await runtime.jobs.stop().catch(() => {});
      running = undefined;
      state = 'stopped';
      throw error;
    }
    return { outcomes, drainers, uncaught: logUncaught(runtime.log), ...startTimers(drainers) };
  }

  function startTimers(drainers: Running['drainers']): Pick<Running, 'intake' | 'upkeep'> {
    const sweep = createSweep(runtime, (topic) => drainers[topic].full);
    const snoozes = createSnoozeAlarm(runtime);
    const actions = createActionTimer(runtime, actionsAheadMs);
    const maintenance = createMaintenance(runtime);
    const renewAll = async () => void (await Promise.all(deliveryTopics.map((topic) => drainers[topic].renew())));
    return {
      intake: [
        repeat(runtime.log, 'sweep', sweepMs, sweep.run, sweep.stop),
        repeat(runtime.log, 'snooze alarm', sweepMs, snoozes.run, snoozes.stop),
        repeat(runtime.log, 'pending actions', sweepMs, actions.run, actions.stop),
        repeat(runtime.log, 'maintenance', maintenanceMs, maintenance),
        repeat(runtime.log, 'audit anchor', anchorMs, () => handOverAnchor(runtime)),
        repeat(runtime.log, 'writing kept outcomes', keptOutcomesMs, () => writeKeptOutcomes(runtime, handlers)),
      ],
      upkeep: [
        repeat(runtime.log, 'lease renewal', runtime.config.worker.leaseMs / 3, renewAll),
        repeat(runtime.log, 'heartbeat', heartbeatMs, () =>
          heartbeat.beat(state === 'draining' ? 'draining' : 'running'),
        ),
      ],
    };
  }

  function stop(): Promise<void> {
    if (!running) return Promise.resolve();
    state = 'draining';
    stopping ??= halt(running).finally(() => {
      running = undefined;
      stopping = undefined;
      state = 'stopped';
    });
    return stopping;
  }

  async function halt(launched: Promise<Running>): Promise<void> {
    const begun = await launched.catch(() => null);
    if (!begun) return;
    const { drainers, outcomes, intake, upkeep, uncaught } = begun;
    const takenIn = intake.map((timer) => timer.stop());
    const beaten = heartbeat.beat('draining').catch(() => {});
    const left = await drained(Object.values(drainers), runtime.config.worker.shutdownTimeoutMs);
    if (left > 0)
      runtime.log.warn({ left }, 'stopped before these callbacks finished; they are called again after their lease');
    outcomes.stop();
    await within(lettingGoMs, letGo([beaten, ...takenIn, ...upkeep.map((timer) => timer.stop())]));
    uncaught.stop();
  }

  async function letGo(ending: readonly Promise<void>[]): Promise<void> {
    await Promise.all([...ending, stopJobs()]);
    await heartbeat.leave();
  }

  async function stopJobs(): Promise<void> {
    try {
      await runtime.jobs.stop();
    } catch (error) {
      runtime.log.warn({ reason: errorText(error) }, 'the job store could not be let go of; its locks run out');
    }
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

function forEachTopic<T>(make: (topic: DeliveryTopic) => T): Record<DeliveryTopic, T> {
  return Object.fromEntries(deliveryTopics.map((topic) => [topic, make(topic)])) as Record<DeliveryTopic, T>;
}

/** Waits for running callbacks up to a limit; returns how many are left. */
async function drained(drainers: readonly Drainer[], timeoutMs: number): Promise<number> {
  await within(timeoutMs, Promise.all(drainers.map((drainer) => drainer.stop())));
  return drainers.reduce((sum, drainer) => sum + drainer.inFlight, 0);
}

/** Waits for a promise up to a limit. */
async function within(timeoutMs: number, awaited: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([awaited, timedOut]);
  clearTimeout(timer);
}
