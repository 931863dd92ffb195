import { tzOffset } from '@date-fns/tz/tzOffset';
import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';
import { CairnloopError } from '../foundation/errors.js';

/**
 * Counts business time. A minute counts if the local time in the calendar's zone is inside an interval of the weekday
 * and the day is no holiday; an hour skipped in spring does not count, and a repeated one in autumn counts twice.
 */

const minute = 60_000;
const day = 24 * 60 * minute;

/** A calendar that stays closed for longer than this (ms) counts as never opening: a leap year, with margin. */
const longestClosure = 370 * day;

/** Business time is counted no further than this from its start (ms). SLA terms are bounded, so no clock needs more. */
const furthest = 50 * 366 * day;

/**
 * The moment when `minutes` (fractions allowed) of business time have passed since `start`. Without a calendar all time
 * is business time. Throws `CALENDAR_CLOSED`, `TIME_ZONE_UNKNOWN`.
 */
export function addBusinessMinutes(start: Date, minutes: number, calendar?: BusinessCalendar | null): Date {
  let left = Math.round(minutes * minute);
  if (!calendar) return new Date(start.getTime() + left);
  if (left <= 0) return start;
  let openedLast = start.getTime();
  for (const [from, to] of openTimes(calendar, start.getTime())) {
    if (left <= to - from) return new Date(from + left);
    if (to > from) openedLast = to;
    left -= to - from;
    if (to - openedLast > longestClosure || to - start.getTime() > furthest) break;
  }
  throw new CairnloopError('CALENDAR_CLOSED', { timeZone: calendar.timeZone, minutes, start });
}

/**
 * The minutes (with fractions) between two moments: business minutes with a calendar, all minutes without. 0 if `to` is
 * not later than `from`.
 */
export function businessMinutesBetween(from: Date, to: Date, calendar?: BusinessCalendar | null): number {
  const end = to.getTime();
  if (!(from.getTime() < end)) return 0;
  if (!calendar) return (end - from.getTime()) / minute;
  let open = 0;
  for (const [opens, closes] of openTimes(calendar, from.getTime())) {
    if (opens < end) open += Math.min(closes, end) - opens;
    if (closes >= end) break;
  }
  return open / minute;
}

/**
 * Yields the open intervals from `start` on, in order and without end. An empty one (`[t, t]`) means that no more is
 * open before `t`.
 */
function* openTimes(calendar: BusinessCalendar, start: number): Generator<[from: number, to: number]> {
  for (let at = start; ; ) {
    const offset = offsetAt(calendar.timeZone, at);
    const localDay = Math.floor((at + offset) / day) * day;
    const end = stretchEnd(calendar.timeZone, at, offset, localDay + day - offset);
    for (const [opens, closes] of intervalsOf(calendar, localDay)) {
      const from = Math.max(at, localDay + opens - offset);
      const to = Math.min(end, localDay + closes - offset);
      if (from < to) yield [from, to];
    }
    yield [end, end];
    at = end;
  }
}

/** The next local midnight after `at`, or the next change of the zone's offset if that is earlier. */
function stretchEnd(timeZone: string, at: number, offset: number, midnight: number): number {
  if (offsetAt(timeZone, midnight - 1) === offset) return midnight;
  let [before, after] = [at, midnight];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(timeZone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** The offset of a time zone from UTC at a moment, in milliseconds. */
function offsetAt(timeZone: string, at: number): number {
  const offset = tzOffset(timeZone, new Date(at));
  if (Number.isNaN(offset)) throw new CairnloopError('TIME_ZONE_UNKNOWN', { timeZone });
  return offset * minute;
}

/** The open intervals of a local date in milliseconds of the day; `localDay` is its midnight as if it were UTC. */
function intervalsOf(calendar: BusinessCalendar, localDay: number): [opens: number, closes: number][] {
  const date = new Date(localDay);
  if (calendar.holidays?.includes(date.toISOString().slice(0, 10))) return [];
  const weekday = String(date.getUTCDay() || 7) as keyof BusinessCalendar['hours'];
  return (calendar.hours[weekday] ?? []).map(([opens, closes]) => [timeOfDay(opens), timeOfDay(closes)]);
}

function timeOfDay(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return (hours * 60 + minutes) * minute;
}
