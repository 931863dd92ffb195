import { z } from 'zod';
import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { isObject } from './known-keys.js';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const interval = z.tuple([time, time.or(z.literal('24:00'))]);

/** The open intervals of one weekday. Times such as "09:00" can be compared as text. */
const day = z
  .array(
    z
      .custom<[from: string, to: string]>(
        (value) => interval.safeParse(value).success,
        'intervals such as ["09:00", "17:30"]',
      )
      .refine(([from, to]) => from < to, 'an interval that ends after it begins'),
    'a list of intervals such as [["09:00", "17:30"]]',
  )
  .superRefine((intervals, context) => {
    const wrong = intervals.findIndex(([from], index) => from < (intervals[index - 1]?.[1] ?? ''));
    const message = 'intervals in order that do not overlap';
    if (wrong >= 0) context.addIssue({ code: 'custom', path: [wrong], message, params: { isOverlap: true } });
  });

const weekdays = ['1', '2', '3', '4', '5', '6', '7'] as const;
const days = z.partialRecord(z.enum(weekdays), day.optional());

const hours = z
  .custom<Record<string, unknown>>((value) => isObject(value), 'open intervals by weekday')
  .superRefine((given, context) => {
    const wrong = Object.keys(given).find((key) => !(weekdays as readonly string[]).includes(key));
    const message = 'weekdays "1" (Monday) to "7" (Sunday)';
    if (wrong !== undefined)
      context.addIssue({ code: 'custom', message, params: { found: describeFoundValue(wrong) } });
  })
  .pipe(days)
  .refine((open) => Object.values(open).some((intervals) => intervals && intervals.length > 0), {
    message: 'at least one open interval',
    params: { found: 'every day closed' },
  });

/** Unknown keys are allowed, because a provider may keep its own in a calendar. */
const calendar = z.looseObject(
  {
    timeZone: z.custom<string>(isZone, 'an IANA zone such as "Europe/Berlin"'),
    hours,
    holidays: z.array(z.iso.date('real dates such as "2026-12-25"'), 'a list of dates such as "2026-12-25"').nullish(),
  },
  'an object',
);

/** Copies a valid calendar, so that the host cannot change it afterwards, or says what is wrong with the value. */
export function parseCalendar(value: unknown): { calendar: BusinessCalendar } | { problem: string } {
  const parsed = calendar.safeParse(value);
  if (!parsed.success) return { problem: problemOf(parsed.error.issues[0] as z.core.$ZodIssue, value) };
  const { timeZone, hours, holidays } = parsed.data;
  return { calendar: { timeZone, hours: hours as BusinessCalendar['hours'], ...(holidays && { holidays }) } };
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  // Leave list positions out of the path: the message shows the wrong entry itself.
  const named = issue.path.filter((key) => typeof key !== 'number');
  const found = issue.path.reduce<unknown>((part, key) => Object(part)[key], value);
  const params = issue.code === 'custom' ? issue.params : undefined;
  const describe =
    issue.path[0] === 'hours' && typeof issue.path.at(-1) === 'number' ? describeInterval : describeFoundValue;
  const shown =
    params?.found ?? describe(found) + (params?.isOverlap ? ', which begins before the previous interval ends' : '');
  return `${['calendar', ...named].join('.')}: expected ${issue.message}, found ${shown}`;
}

function describeInterval(value: unknown): string {
  return Array.isArray(value) ? `[${value.slice(0, 3).map(describeFoundValue).join(', ')}]` : describeFoundValue(value);
}

function isZone(zone: unknown): boolean {
  if (typeof zone !== 'string') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
