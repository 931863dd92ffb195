import type { Database } from '../db/connect.js';
import type { Runtime } from '../runtime.js';
import type { AnnouncedChangeType, ChangeDataByType } from './changes.js';
import { type FollowUp, followUps } from './follow-ups.js';

/** The parts of a runtime that the follow-ups of a change need. `held` is set if they wait for the host's commit. */
export type AnnouncementServices = Pick<Runtime, 'jobs' | 'changeFeed' | 'metrics' | 'telemetry' | 'held'>;

/** The follow-ups that wait for a commit of the host, in their order; an entry that is a function publishes a span. */
export type DeferredFollowUps = (FollowUp | (() => void))[];

/**
 * Announces a change: wakes workers, notifies open pages, counts and publishes, by the table {@link followUps}. Call it
 * after the commit; in a transaction of the host it waits for the host's commit. It returns at once and never throws.
 */
export function announce<Type extends AnnouncedChangeType>(
  runtime: AnnouncementServices,
  type: Type,
  change: ChangeDataByType[Type],
): void {
  const followUp = followUps[type](change);
  if (runtime.held) runtime.held.push(followUp);
  else follow(runtime, followUp);
}

/**
 * Returns a runtime whose statements run on `db`, in a transaction that the host commits. The follow-ups of its changes
 * are added to `held`.
 */
export function withDeferredFollowUps(runtime: Runtime, db: Database, held: DeferredFollowUps): Runtime {
  const telemetry = { ...runtime.telemetry, ...runtime.telemetry.holding((publish) => held.push(publish)) };
  return { ...runtime, db, telemetry, held };
}

/** Runs all follow-ups that were held for a commit; call it after that commit. */
export function announceDeferredFollowUps(runtime: AnnouncementServices, held: DeferredFollowUps): void {
  for (const one of held) {
    if (typeof one === 'function') one();
    else follow(runtime, one);
  }
}

/**
 * Runs the held follow-ups that are harmless without a commit: a worker or a page that is notified checks, and finds
 * nothing.
 */
export function announceFollowUpsSafeWithoutCommit(runtime: AnnouncementServices, held: DeferredFollowUps): void {
  for (const one of held) if (typeof one !== 'function') followHarmlessly(runtime, one);
}

function follow(runtime: AnnouncementServices, followUp: FollowUp): void {
  followHarmlessly(runtime, followUp);
  followUp.count?.(runtime.metrics);
  for (const [event, metadata, measurements = {}] of followUp.publish ?? [])
    runtime.telemetry.publish(event, measurements, metadata);
}

function followHarmlessly({ jobs, changeFeed }: AnnouncementServices, { wake, show }: FollowUp): void {
  if (wake) jobs.wake(wake);
  if (show) changeFeed.changed(...show);
}
