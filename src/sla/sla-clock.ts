import { toDate } from '../db/timestamp.js';
import { addBusinessMinutes, businessMinutesBetween } from './business-time.js';
import type { SlaRow } from './rows.js';

/** What a held clock needs to run on. */
export type HeldClock = Pick<SlaRow, 'paused_at' | 'response_due_at' | 'breach_at' | 'calendar'>;

/**
 * Where the due times of a held clock lie once it runs on at `now`: what was left of each when it was held, in open
 * minutes with a calendar, counts on from `now`. A response that was overdue already stays due when it was. A clock that
 * is not held keeps its times. Throws `CALENDAR_CLOSED`, `TIME_ZONE_UNKNOWN`.
 */
export function resume(held: HeldClock, now: Date): { responseDueAt: Date; breachAt: Date } {
  const pausedAt = toDate(held.paused_at);
  const movedOn = (due: Date): Date =>
    pausedAt && due > pausedAt
      ? addBusinessMinutes(now, businessMinutesBetween(pausedAt, due, held.calendar), held.calendar)
      : due;
  return { responseDueAt: movedOn(toDate(held.response_due_at)), breachAt: movedOn(toDate(held.breach_at)) };
}
