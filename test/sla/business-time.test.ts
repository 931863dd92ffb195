import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BusinessCalendar } from '../../src/contracts/sla-policy-provider.js';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { addBusinessMinutes, businessMinutesBetween } from '../../src/sla/business-time.js';

const minute = 60_000;
const weekdays = ['1', '2', '3', '4', '5', '6', '7'] as const;

function office(timeZone: string, from = '09:00', to = '17:00'): BusinessCalendar {
  return { timeZone, hours: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, [[from, to]]])) };
}

function always(timeZone: string, from = '00:00', to = '24:00'): BusinessCalendar {
  return { timeZone, hours: Object.fromEntries(weekdays.map((day) => [day, [[from, to]]])) };
}

const add = (start: string, minutes: number, calendar?: BusinessCalendar) =>
  addBusinessMinutes(new Date(start), minutes, calendar).toISOString().slice(0, 16);

describe('sla/business-time', () => {
  it('counts every minute without a calendar', () => {
    assert.equal(add('2026-01-03T23:30Z', 60), '2026-01-04T00:30');
    assert.equal(businessMinutesBetween(new Date(0), new Date(90_000)), 1.5);
    assert.equal(businessMinutesBetween(new Date(1), new Date(0)), 0);
  });

  it('adds time up to the close of a day rather than the opening of the next', () => {
    assert.equal(add('2026-01-09T15:00Z', 60, office('Europe/Berlin')), '2026-01-09T16:00');
    assert.equal(add('2026-01-09T15:00Z', 61, office('Europe/Berlin')), '2026-01-12T08:01');
  });

  it('skips holidays and handles the leap day', () => {
    const calendar = { ...office('UTC'), holidays: ['2028-02-29'] };
    assert.equal(add('2028-02-28T16:30Z', 60, calendar), '2028-03-01T09:30');
    assert.equal(add('2028-02-28T16:30Z', 60, office('UTC')), '2028-02-29T09:30');
  });

  it('treats 24:00 as the next midnight', () => {
    assert.equal(add('2026-01-01T00:00Z', 10 * 24 * 60, always('UTC')), '2026-01-11T00:00');
  });

  it('does not count the hour skipped in spring, and counts the hour repeated in autumn twice', () => {
    const night = always('Europe/Berlin', '02:00', '03:00');
    assert.equal(businessMinutesBetween(new Date('2026-03-28T12:00Z'), new Date('2026-03-29T12:00Z'), night), 0);
    assert.equal(businessMinutesBetween(new Date('2026-10-24T12:00Z'), new Date('2026-10-25T12:00Z'), night), 120);
    assert.equal(add('2026-03-28T12:00Z', 30, night), '2026-03-30T00:30');
    assert.equal(add('2026-10-24T12:00Z', 90, night), '2026-10-25T01:30');
  });

  it('handles a date that a time zone skipped', () => {
    // Thursday 14:00 to 17:00 there; Friday was left out; the other five hours are Monday's.
    assert.equal(add('2011-12-30T00:00Z', 8 * 60, office('Pacific/Apia')), '2012-01-02T00:00');
  });

  it('throws for a calendar that never opens, with a reason', () => {
    const closed = [
      { timeZone: 'UTC', hours: {} },
      { timeZone: 'UTC', hours: { '1': [] } },
      { timeZone: 'UTC', hours: { '1': [['09:00', '09:00']] } } satisfies BusinessCalendar,
    ];
    for (const calendar of closed)
      assert.throws(
        () => add('2026-01-01T00:00Z', 1, calendar),
        (e) => isCairnloopError(e) && e.code === 'CALENDAR_CLOSED',
      );
    const fiveMinutesAWeek = { timeZone: 'UTC', hours: { '1': [['09:00', '09:05']] } } satisfies BusinessCalendar;
    assert.equal(add('2026-01-05T00:00Z', 10, fiveMinutesAWeek), '2026-01-12T09:05');
    assert.throws(() => add('2026-01-05T00:00Z', 5_000_000, fiveMinutesAWeek), { code: 'CALENDAR_CLOSED' });
  });

  it('refuses a zone that does not exist', () => {
    assert.throws(() => add('2026-01-05T00:00Z', 1, always('Mars/Base')), { code: 'TIME_ZONE_UNKNOWN' });
  });

  it('F14 equals a loop over the minutes that reads the wall clock of each, across clock changes', () => {
    fc.assert(
      fc.property(moments, calendars, fc.integer({ min: 1, max: 900 }), (start, make, minutes) => {
        const calendar = make(start.timeZone);
        const { due, open } = loopOverMinutes(calendar, start.at, minutes);
        assert.equal(businessMinutesBetween(new Date(start.at), new Date(start.at + horizon), calendar), open);
        if (due !== undefined) assert.equal(addBusinessMinutes(new Date(start.at), minutes, calendar).getTime(), due);
      }),
      { numRuns: 150 },
    );
  }).timeout(120_000);

  it('addition and measurement agree to the millisecond', () => {
    const milliseconds = fc.integer({ min: 1, max: 30 * 24 * 60 * minute });
    fc.assert(
      fc.property(
        moments,
        calendars,
        milliseconds,
        fc.integer({ max: minute, min: 0 }),
        (start, make, length, offset) => {
          const calendar = make(start.timeZone);
          const from = new Date(start.at + offset);
          const due = addBusinessMinutes(from, length / minute, calendar);
          assert.equal(Math.round(businessMinutesBetween(from, due, calendar) * minute), length);
        },
      ),
    );
  });
});

/** How long the loop looks ahead: over both sides of a clock change. */
const horizon = 3 * 24 * 60 * minute;

/** What the two functions are held against: slow, and nothing but a wall clock. */
function loopOverMinutes(calendar: BusinessCalendar, start: number, minutes: number): { due?: number; open: number } {
  const shows = wallClock(calendar.timeZone);
  let [open, due]: [number, number | undefined] = [0, undefined];
  for (let at = start; at < start + horizon; at += minute) {
    if (!isOpen(calendar, shows(at))) continue;
    open += 1;
    if (open === minutes) due = at + minute;
  }
  return { open, ...(due !== undefined && { due }) };
}

function isOpen({ hours, holidays }: BusinessCalendar, wall: { date: string; weekday: string; time: string }): boolean {
  if (holidays?.includes(wall.date)) return false;
  const intervals =
    hours[String(['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(wall.weekday)) as '1'] ?? [];
  return intervals.some(([from, to]) => from <= wall.time && wall.time < to);
}

function wallClock(timeZone: string) {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hourCycle: 'h23', ...fields });
  return (at: number) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      date: `${part.year}-${part.month}-${part.day}`,
      weekday: `${part.weekday}`,
      time: `${part.hour}:${part.minute}`,
    };
  };
}

/** Moments in the days before a clock change, and one where nothing changes. */
const moments = fc
  .constantFrom(
    { timeZone: 'Europe/Berlin', change: '2026-03-29T01:00Z' },
    { timeZone: 'Europe/Berlin', change: '2026-10-25T01:00Z' },
    { timeZone: 'America/New_York', change: '2026-03-08T07:00Z' },
    { timeZone: 'America/New_York', change: '2026-11-01T06:00Z' },
    { timeZone: 'America/Sao_Paulo', change: '2018-11-04T03:00Z' },
    { timeZone: 'America/Sao_Paulo', change: '2018-02-18T02:00Z' },
    { timeZone: 'Australia/Lord_Howe', change: '2026-04-04T15:00Z' },
    { timeZone: 'Australia/Lord_Howe', change: '2026-10-03T15:30Z' },
    { timeZone: 'Pacific/Chatham', change: '2026-04-04T14:00Z' },
    { timeZone: 'Pacific/Apia', change: '2011-12-30T10:00Z' },
    { timeZone: 'Asia/Kathmandu', change: '2028-02-29T12:00Z' },
  )
  .chain(({ timeZone, change }) =>
    fc.integer({ min: 0, max: 2 * 24 * 60 }).map((before) => ({ timeZone, at: Date.parse(change) - before * minute })),
  );

const timeOfDay = fc.integer({ min: 0, max: 24 * 60 }).map((m) => {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(m / 60))}:${two(m % 60)}`;
});

const intervals = fc
  .uniqueArray(timeOfDay, { minLength: 0, maxLength: 4 })
  .map((times) => times.sort())
  .map((times) => (times.length % 2 ? times.slice(1) : times))
  .map((times) => times.flatMap((from, i) => (i % 2 ? [] : [[from, times[i + 1]] as [string, string]])));

/** Calendars for a zone yet to be named; Mondays are always open, so that every one opens. */
const calendars = fc
  .tuple(
    fc.array(intervals, { minLength: 7, maxLength: 7 }),
    fc.subarray(['2026-03-29', '2026-10-25', '2026-03-08', '2028-02-29', '2018-11-04']),
  )
  .map(
    ([days, holidays]) =>
      (timeZone: string): BusinessCalendar => ({
        timeZone,
        hours: { ...Object.fromEntries(days.map((day, i) => [String(i + 1), day])), '1': [['00:00', '24:00']] },
        holidays,
      }),
  );
