import type { DeliveryTopic } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';
import { type ClaimLoop, createClaimLoop } from './claim-loop.js';
import { createDeliveryClaimer } from './claimer.js';
import { DeliveriesInFlight } from './in-flight.js';
import type { OutcomeWriter } from './outcome-writer.js';
import { createPrefetchControl } from './prefetch.js';
import { createRepeatableSignal } from './signal.js';
import type { TopicHandler } from './topic-handler.js';

/** Drains the due deliveries of one topic; each worker has one drainer per topic. */
export interface DeliveryDrainer {
  /** Runs until nothing is due. A call during a run makes that run check once more at its end. */
  run(): Promise<void>;
  /** Renews the leases of deliveries in flight. */
  renew(): Promise<void>;
  /** Stops claiming, releases unstarted deliveries and waits for running callbacks. */
  stop(): Promise<void>;
  readonly inFlight: number;
  /**
   * Whether the drainer takes no more deliveries, for lack of room or because it is stopping: wake-ups then go to other
   * workers.
   */
  readonly full: boolean;
}

/**
 * Creates a drainer: a loop of claims ({@link createClaimLoop}) feeds the deliveries in flight ({@link
 * DeliveriesInFlight}), which are loaded, called and settled. At most `worker.concurrency` callbacks run at a time. A
 * crash repeats the calls that were not settled: at most `worker.concurrency`, or a hundred while calls are very short.
 * Reason: docs/decisions/0016-claiming.md.
 */
export function createDeliveryDrainer(
  runtime: Runtime,
  topic: DeliveryTopic,
  handler: TopicHandler,
  outcomes: OutcomeWriter,
): DeliveryDrainer {
  const { concurrency, maxAttempts } = runtime.config.worker;
  const claimer = createDeliveryClaimer(runtime, topic);
  const prefetch = createPrefetchControl(concurrency, maxAttempts);
  const changed = createRepeatableSignal();
  const inFlight = new DeliveriesInFlight({
    runtime,
    topic,
    handler,
    outcomes,
    prefetch,
    claimed: () => loop.claimed(),
    onReleased: claimer.released,
    onChange: changed.raise,
  });
  const loop: ClaimLoop = createClaimLoop({
    claimer,
    prefetch,
    inFlight,
    changed,
    wake: () => runtime.jobs.wake(topic),
  });
  return {
    run: loop.run,
    renew: () => inFlight.renew(),
    async stop() {
      const hadWork = loop.isRunning || inFlight.size > 0;
      const ended = loop.stop();
      inFlight.stop();
      await ended;
      while (inFlight.size > 0) await changed.next();
      // Wake a worker: released deliveries and consumed wake-ups would otherwise wait for the sweep of another worker.
      if (hadWork) runtime.jobs.wake(topic);
    },
    get inFlight() {
      return inFlight.size;
    },
    get full() {
      return loop.full;
    },
  };
}
