import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import type { DeliveryDrainer } from '../deliveries/drain.js';
import { writeKeptOutcomes } from '../deliveries/kept-outcomes.js';
import type { TopicHandler } from '../deliveries/topic-handler.js';
import { createPendingActionTimer } from '../pending-actions/action-timer.js';
import type { Runtime } from '../runtime.js';
import { handOverAuditAnchor } from './hand-over-anchor.js';
import { createMaintenanceTask } from './maintenance.js';
import { type RepeatedTask, repeatTask } from './repeat.js';
import { createSnoozeTimer } from './snooze-alarm.js';
import { createDeliverySweep } from './sweep.js';

export type DeliveryDrainers = Record<DeliveryTopic, DeliveryDrainer>;

/** The repeated tasks of a worker. */
export interface WorkerTimers {
  /** Tasks that claim or start work; a stopping worker stops these first. */
  intake: RepeatedTask[];
  /** Tasks that running callbacks need: lease renewal and heartbeat. */
  upkeep: RepeatedTask[];
}

export interface WorkerTimersOptions {
  runtime: Runtime;
  drainers: DeliveryDrainers;
  handlers: Record<DeliveryTopic, TopicHandler>;
  /** Writes the heartbeat. */
  beat(): Promise<void>;
}

const heartbeatMs = 5000;
/** Interval of the sweep (ms): a delivery whose wake-up was lost waits no longer than this. */
const sweepMs = 500;
const alarmMs = 1000;
/**
 * How far ahead timers for pending actions are set (ms): further than the next round, so that none is due in between.
 */
const actionsAheadMs = 1600;
const maintenanceMs = 10_000;
const keptOutcomesMs = 1000;
const anchorMs = 10_000;

export function startWorkerTimers({ runtime, drainers, handlers, beat }: WorkerTimersOptions): WorkerTimers {
  const { log, config } = runtime;
  const sweep = createDeliverySweep(runtime, (topic) => drainers[topic].full);
  const snoozes = createSnoozeTimer(runtime);
  const actions = createPendingActionTimer(runtime, actionsAheadMs);
  const renewAll = async () => void (await Promise.all(deliveryTopics.map((topic) => drainers[topic].renew())));
  return {
    intake: [
      repeatTask(log, 'sweep', sweepMs, sweep.run, sweep.stop),
      repeatTask(log, 'snooze alarm', alarmMs, snoozes.run, snoozes.stop),
      repeatTask(log, 'pending actions', alarmMs, actions.run, actions.stop),
      repeatTask(log, 'maintenance', maintenanceMs, createMaintenanceTask(runtime)),
      repeatTask(log, 'audit anchor', anchorMs, () => handOverAuditAnchor(runtime)),
      repeatTask(log, 'writing kept outcomes', keptOutcomesMs, () => writeKeptOutcomes(runtime, handlers)),
    ],
    upkeep: [
      repeatTask(log, 'lease renewal', config.worker.leaseMs / 3, renewAll),
      repeatTask(log, 'heartbeat', heartbeatMs, beat),
    ],
  };
}
