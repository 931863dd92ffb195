import type { SlaStatus } from '../contracts/domain.js';
import type { SlaPolicy } from '../contracts/sla-policy-provider.js';
import { createSlaClock, isSlaClockBreached, type SlaClock, toPausedSlaClock, toResumedSlaClock } from './sla-clock.js';

/** An event of a conversation that affects its SLA clocks. */
export type SlaClockAffectingEvent = { at: Date } & (
  | { type: 'customer' | 'answer' | 'note' | 'pause' | 'resume' | 'resolve' | 'archive' | 'reopen' }
  | { type: 'priority'; priority: string }
  | { type: 'policies'; policies: readonly SlaPolicy[] }
);

/** A clock as it would have run in a replay, and how it ended. */
export interface ReplayedSlaClock extends SlaClock {
  priority: string;
  status: SlaStatus;
  endedBy: 'answered' | 'resolved' | 'archived' | 'breached' | 'tracking_off' | null;
  completedAt: Date | null;
}

interface Replay {
  priority: string;
  policies: readonly SlaPolicy[];
  open: boolean;
  /** The time of the first customer message since the last answer or resolution; null if none is unanswered. */
  unansweredSince: Date | null;
  clocks: readonly ReplayedSlaClock[];
}

/**
 * Returns the clocks that `events` (in order of time) start under `policies`, oldest first, as they are at `until`.
 * Pure, so that history can be replayed under proposed terms.
 */
export function replaySlaClocks(
  events: readonly SlaClockAffectingEvent[],
  { priority, policies, until }: { priority: string; policies: readonly SlaPolicy[]; until: Date },
): ReplayedSlaClock[] {
  let replay: Replay = { priority, policies, open: true, unansweredSince: null, clocks: [] };
  for (const event of events) replay = apply(passTime(replay, event.at), event);
  return [...passTime(replay, until).clocks];
}

function apply(replay: Replay, event: SlaClockAffectingEvent): Replay {
  switch (event.type) {
    case 'customer':
      return receive(replay, event.at);
    case 'answer':
      return replay.open ? { ...end(replay, 'answered', event.at), unansweredSince: null } : replay;
    case 'resolve':
      return replay.open ? { ...end(replay, 'resolved', event.at), open: false, unansweredSince: null } : replay;
    case 'archive':
      return { ...end(replay, 'archived', event.at), open: false, unansweredSince: null };
    case 'reopen':
      return { ...replay, open: true };
    case 'pause':
      return change(replay, (clock) => toPausedSlaClock(clock, event.at));
    case 'resume':
      return change(replay, (clock) => toResumedSlaClock(clock, event.at));
    case 'priority':
      return { ...replay, priority: event.priority };
    case 'policies':
      return { ...replay, policies: event.policies };
    case 'note':
      return replay;
  }
}

/** A customer's message resumes a paused clock, or starts one if no message is unanswered. */
function receive(replay: Replay, at: Date): Replay {
  const { unansweredSince } = replay;
  const resumed = change({ ...replay, open: true, unansweredSince: unansweredSince ?? at }, (clock) =>
    toResumedSlaClock(clock, at),
  );
  const latest = replay.clocks.at(-1);
  const counted = latest?.status === 'active' || (latest && unansweredSince && latest.startedAt >= unansweredSince);
  const policy = replay.policies.find((candidate) => candidate.priority === replay.priority);
  if (counted || !policy) return resumed;
  const clock: ReplayedSlaClock = {
    ...createSlaClock(policy, at),
    priority: policy.priority,
    status: 'active',
    endedBy: null,
    completedAt: null,
  };
  return { ...resumed, clocks: [...resumed.clocks, clock] };
}

/** Ends the clock if its breach time has come: as breached, or without a breach if tracking is off. */
function passTime(replay: Replay, now: Date): Replay {
  const clock = replay.clocks.at(-1);
  if (!clock || !isSlaClockBreached(clock, now)) return replay;
  return end(replay, replay.policies.length > 0 ? 'breached' : 'tracking_off', clock.breachAt);
}

function end(replay: Replay, endedBy: NonNullable<ReplayedSlaClock['endedBy']>, completedAt: Date): Replay {
  const status = endedBy === 'breached' ? 'breached' : 'fulfilled';
  return change(replay, (clock) => ({ ...clock, status, endedBy, completedAt }));
}

function change(replay: Replay, changed: (clock: ReplayedSlaClock) => ReplayedSlaClock): Replay {
  const clock = replay.clocks.at(-1);
  if (clock?.status !== 'active') return replay;
  return { ...replay, clocks: [...replay.clocks.slice(0, -1), changed(clock)] };
}
