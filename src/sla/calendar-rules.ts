import { describeFound } from '../config/describe-found.js';
import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';

const weekdays = ['1', '2', '3', '4', '5', '6', '7'];

/** Why a value is not a usable {@link BusinessCalendar}; undefined if it is. */
export function calendarProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return `calendar: expected an object, found ${describeFound(value)}`;
  return zoneProblem(value.timeZone) ?? hoursProblem(value.hours) ?? holidaysProblem(value.holidays);
}

/** A copy that the host cannot change afterwards. */
export function copyCalendar({ timeZone, hours, holidays }: BusinessCalendar): BusinessCalendar {
  return structuredClone({ timeZone, hours, ...(holidays && { holidays }) });
}

function zoneProblem(zone: unknown): string | undefined {
  if (typeof zone === 'string' && isZone(zone)) return undefined;
  return `calendar.timeZone: expected an IANA zone such as "Europe/Berlin", found ${describeFound(zone)}`;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

function hoursProblem(hours: unknown): string | undefined {
  if (!isRecord(hours)) return `calendar.hours: expected open intervals by weekday, found ${describeFound(hours)}`;
  const stranger = Object.keys(hours).find((day) => !weekdays.includes(day));
  if (stranger !== undefined)
    return `calendar.hours: expected weekdays "1" (Monday) to "7" (Sunday), found ${describeFound(stranger)}`;
  const days = Object.entries(hours).filter(([, intervals]) => intervals !== undefined);
  const problem = days.map(([day, intervals]) => dayProblem(`calendar.hours.${day}`, intervals)).find(Boolean);
  if (problem) return problem;
  const isOpen = days.some(([, intervals]) => (intervals as unknown[]).length > 0);
  return isOpen ? undefined : 'calendar.hours: expected at least one open interval, found every day closed';
}

function dayProblem(path: string, intervals: unknown): string | undefined {
  if (!Array.isArray(intervals))
    return `${path}: expected a list of intervals such as [["09:00", "17:30"]], found ${describeFound(intervals)}`;
  let closedUntil = 0;
  for (const interval of intervals) {
    const [from, to] = minutesOf(interval);
    if (from === undefined || to === undefined)
      return `${path}: expected intervals such as ["09:00", "17:30"], found ${shown(interval)}`;
    if (to <= from) return `${path}: expected an interval to end after it begins, found ${shown(interval)}`;
    if (from < closedUntil)
      return `${path}: expected intervals in order that do not overlap, found ${shown(interval)} after one that ends later`;
    closedUntil = to;
  }
  return undefined;
}

function minutesOf(interval: unknown): [from: number | undefined, to: number | undefined] {
  if (!Array.isArray(interval) || interval.length !== 2) return [undefined, undefined];
  return [minuteOfDay(interval[0]), interval[1] === '24:00' ? 1440 : minuteOfDay(interval[1])];
}

function minuteOfDay(time: unknown): number | undefined {
  const [, hour, minute] = (typeof time === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)) || [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

function holidaysProblem(holidays: unknown): string | undefined {
  if (holidays === undefined || holidays === null) return undefined;
  if (!Array.isArray(holidays))
    return `calendar.holidays: expected a list of dates such as "2026-12-25", found ${describeFound(holidays)}`;
  const wrong = holidays.findIndex((date) => !isDate(date));
  if (wrong < 0) return undefined;
  return `calendar.holidays: expected real dates such as "2026-12-25", found ${describeFound(holidays[wrong])}`;
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function shown(interval: unknown): string {
  return Array.isArray(interval) ? `[${interval.slice(0, 3).map(describeFound).join(', ')}]` : describeFound(interval);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
