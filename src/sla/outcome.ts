import type { SlaRow } from './rows.js';

/**
 * How an SLA clock ended: `met` in time, `late` (after the response target, before the breach), `breached`, `ended`
 * without an answer because tracking was off, or not yet (`running`).
 */
export const slaClockOutcomes = ['met', 'late', 'breached', 'ended', 'running'] as const;
export type SlaClockOutcome = (typeof slaClockOutcomes)[number];

export type SlaClockOutcomeCounts = Record<SlaClockOutcome, number>;

interface EndedClock {
  endedBy: SlaRow['ended_by'];
  completedAt: Date | null;
  pausedAt: Date | null;
  responseDueAt: Date;
}

export function toSlaClockOutcome({ endedBy, completedAt, pausedAt, responseDueAt }: EndedClock): SlaClockOutcome {
  if (endedBy === null || completedAt === null) return 'running';
  if (endedBy === 'breached') return 'breached';
  if (endedBy === 'tracking_off') return 'ended';
  // A clock that was answered while it was paused is judged by the moment of the pause.
  return (pausedAt ?? completedAt) <= responseDueAt ? 'met' : 'late';
}

export function emptySlaClockOutcomeCounts(): SlaClockOutcomeCounts {
  return { met: 0, late: 0, breached: 0, ended: 0, running: 0 };
}
