import type { BusinessCalendar, SlaPolicy } from '../contracts/sla-policy-provider.js';
import { addBusinessMinutes, businessMinutesBetween } from './business-time.js';

/** The terms of a clock; it keeps them when the provider's policy changes. */
export type SlaTerms = Pick<SlaPolicy, 'responseMinutes' | 'breachMinutes'> & { calendar?: BusinessCalendar | null };

/** A running clock, or one that is paused since `pausedAt`. Its due times change only when it is resumed. */
export interface SlaClock extends SlaTerms {
  startedAt: Date;
  calendar: BusinessCalendar | null;
  pausedAt: Date | null;
  responseDueAt: Date;
  breachAt: Date;
}

/** Returns a clock that starts at `at`. Throws `CALENDAR_CLOSED`, `TIME_ZONE_UNKNOWN`. */
export function createSlaClock(terms: SlaTerms, at: Date): SlaClock {
  const { responseMinutes, breachMinutes, calendar = null } = terms;
  const after = (minutes: number) => addBusinessMinutes(at, minutes, calendar);
  return {
    startedAt: at,
    responseMinutes,
    breachMinutes,
    calendar,
    pausedAt: null,
    responseDueAt: after(responseMinutes),
    breachAt: after(breachMinutes),
  };
}

/** Whether the breach time of a clock has come. A paused clock cannot breach. */
export function isSlaClockBreached(clock: SlaClock, at: Date): boolean {
  return clock.pausedAt === null && clock.breachAt <= at;
}

/** Pauses a running clock; a paused or breached one stays as it is. */
export function toPausedSlaClock<Clock extends SlaClock>(clock: Clock, at: Date): Clock {
  return clock.pausedAt !== null || isSlaClockBreached(clock, at) ? clock : { ...clock, pausedAt: at };
}

/**
 * Resumes a paused clock with the time it had left; a due time that had passed before the pause stays. A running clock
 * stays as it is. Throws as {@link createSlaClock}.
 */
export function toResumedSlaClock<Clock extends Pick<SlaClock, 'calendar' | 'pausedAt' | 'responseDueAt' | 'breachAt'>>(
  clock: Clock,
  at: Date,
): Clock {
  const { pausedAt, calendar } = clock;
  if (pausedAt === null) return clock;
  const from = at < pausedAt ? pausedAt : at;
  const moved = (due: Date) =>
    due <= pausedAt ? due : addBusinessMinutes(from, businessMinutesBetween(pausedAt, due, calendar), calendar);
  return { ...clock, pausedAt: null, responseDueAt: moved(clock.responseDueAt), breachAt: moved(clock.breachAt) };
}
