import type { SlaRow } from './rows.js';

/**
 * How an SLA clock ended: `met` in time, `late` (after the response target, before the breach), `breached`, `ended`
 * without an answer because tracking was off, or not yet (`running`).
 */
export const clockOutcomes = ['met', 'late', 'breached', 'ended', 'running'] as const;
export type ClockOutcome = (typeof clockOutcomes)[number];

export type ClockOutcomeCounts = Record<ClockOutcome, number>;

interface EndedClock {
  endedBy: SlaRow['ended_by'];
  completedAt: Date | null;
  pausedAt: Date | null;
  responseDueAt: Date;
}

export function toClockOutcome({ endedBy, completedAt, pausedAt, responseDueAt }: EndedClock): ClockOutcome {
  if (endedBy === null || completedAt === null) return 'running';
  if (endedBy === 'breached') return 'breached';
  if (endedBy === 'tracking_off') return 'ended';
  // A clock that was answered while it was paused is judged by the moment of the pause.
  return (pausedAt ?? completedAt) <= responseDueAt ? 'met' : 'late';
}

export function emptyClockOutcomeCounts(): ClockOutcomeCounts {
  return { met: 0, late: 0, breached: 0, ended: 0, running: 0 };
}
