import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import type { Drainer } from '../deliveries/drain.js';
import { writeKeptOutcomes } from '../deliveries/kept-outcomes.js';
import type { TopicHandler } from '../deliveries/topic-handler.js';
import { createActionTimer } from '../pending-actions/action-timer.js';
import type { Runtime } from '../runtime.js';
import { handOverAnchor } from './hand-over-anchor.js';
import { createMaintenance } from './maintenance.js';
import { type RepeatedTask, repeat } from './repeat.js';
import { createSnoozeAlarm } from './snooze-alarm.js';
import { createSweep } from './sweep.js';

export type Drainers = Record<DeliveryTopic, Drainer>;

/** The repeated tasks of a worker. */
export interface Timers {
  /** Tasks that claim or start work; a stopping worker stops these first. */
  intake: RepeatedTask[];
  /** Tasks that running callbacks need: lease renewal and heartbeat. */
  upkeep: RepeatedTask[];
}

export interface TimedWork {
  runtime: Runtime;
  drainers: Drainers;
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

export function startTimers({ runtime, drainers, handlers, beat }: TimedWork): Timers {
  const { log, config } = runtime;
  const sweep = createSweep(runtime, (topic) => drainers[topic].full);
  const snoozes = createSnoozeAlarm(runtime);
  const actions = createActionTimer(runtime, actionsAheadMs);
  const renewAll = async () => void (await Promise.all(deliveryTopics.map((topic) => drainers[topic].renew())));
  return {
    intake: [
      repeat(log, 'sweep', sweepMs, sweep.run, sweep.stop),
      repeat(log, 'snooze alarm', alarmMs, snoozes.run, snoozes.stop),
      repeat(log, 'pending actions', alarmMs, actions.run, actions.stop),
      repeat(log, 'maintenance', maintenanceMs, createMaintenance(runtime)),
      repeat(log, 'audit anchor', anchorMs, () => handOverAnchor(runtime)),
      repeat(log, 'writing kept outcomes', keptOutcomesMs, () => writeKeptOutcomes(runtime, handlers)),
    ],
    upkeep: [
      repeat(log, 'lease renewal', config.worker.leaseMs / 3, renewAll),
      repeat(log, 'heartbeat', heartbeatMs, beat),
    ],
  };
}
