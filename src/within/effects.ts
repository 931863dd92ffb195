import { addChange, type Changes } from '../change-feed/announce.js';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { Database } from '../db/connect.js';
import type { Runtime } from '../runtime.js';
import type { Metrics } from '../telemetry/metrics.js';

/** What is to follow the commit of a call. */
export interface Effects {
  readonly wakes: Set<DeliveryTopic>;
  readonly changed: Changes;
  /** Domain events, spans and counts, in their order. */
  readonly told: (() => void)[];
}

export function noEffects(): Effects {
  return { wakes: new Set(), changed: new Map(), told: [] };
}

export function isEmpty({ wakes, changed, told }: Effects): boolean {
  return wakes.size === 0 && changed.size === 0 && told.length === 0;
}

/** A runtime whose statements run on `db` and which keeps what is to follow the commit. */
export function holdingRuntime(runtime: Runtime, db: Database, effects: Effects): Runtime {
  const hold = (tell: () => void) => {
    effects.told.push(tell);
  };
  return {
    ...runtime,
    db,
    jobs: { ...runtime.jobs, wake: (topic) => effects.wakes.add(topic) },
    changeFeed: { ...runtime.changeFeed, changed: (id, scope = 'internal') => addChange(effects.changed, id, scope) },
    telemetry: { ...runtime.telemetry, ...runtime.telemetry.holding(hold) },
    metrics: holdingMetrics(runtime.metrics, hold),
  };
}

/** Host module calls are counted at once: they were made even if the transaction rolls back. */
function holdingMetrics(metrics: Metrics, hold: (tell: () => void) => void): Metrics {
  return {
    ...metrics,
    conversationResolved: (seconds) => hold(() => metrics.conversationResolved(seconds)),
    slaBreached: (priority, lateness) => hold(() => metrics.slaBreached(priority, lateness)),
    draftDecided: (decision) => hold(() => metrics.draftDecided(decision)),
    outboundSettled: (outcome) => hold(() => metrics.outboundSettled(outcome)),
  };
}

/** Does all that follows a commit. */
export function release(runtime: Runtime, effects: Effects): void {
  releaseHarmless(runtime, effects);
  for (const tell of effects.told) tell();
}

/** Does what may be done without knowing whether there was a commit: a worker, or a page, looks and finds nothing. */
export function releaseHarmless(runtime: Runtime, { wakes, changed }: Effects): void {
  for (const topic of wakes) runtime.jobs.wake(topic);
  for (const [id, scope] of changed) runtime.changeFeed.changed(id, scope);
}
