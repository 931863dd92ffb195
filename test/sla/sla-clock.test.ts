import assert from 'node:assert/strict';
import fc from 'fast-check';
import { businessMinutesBetween } from '../../src/sla/business-time.js';
import { type HeldClock, resume } from '../../src/sla/sla-clock.js';

const minute = 60_000;

function held(times: Partial<HeldClock>): HeldClock {
  return {
    paused_at: new Date('2026-01-09T15:30Z'),
    response_due_at: new Date('2026-01-09T16:00Z'),
    breach_at: new Date('2026-01-09T17:00Z'),
    calendar: null,
    ...times,
  };
}

const shown = (times: { responseDueAt: Date; breachAt: Date }) => [
  times.responseDueAt.toISOString().slice(0, 16),
  times.breachAt.toISOString().slice(0, 16),
];

describe('sla/sla-clock', () => {
  it('runs on with the time that was left', () => {
    const resumed = resume(held({}), new Date('2026-01-12T08:00Z'));
    assert.deepEqual(shown(resumed), ['2026-01-12T08:30', '2026-01-12T09:30']);
  });

  it('counts what was left in open minutes', () => {
    const calendar = { timeZone: 'UTC', hours: { '1': [['09:00', '16:00']], '5': [['09:00', '16:00']] } } as const;
    const clock = held({ breach_at: new Date('2026-01-12T09:30Z'), calendar: calendar as never });
    const resumed = resume(clock, new Date('2026-01-10T12:00Z'));
    assert.deepEqual(shown(resumed), ['2026-01-12T09:30', '2026-01-12T10:00']);
  });

  it('leaves a response that was overdue when it was', () => {
    const clock = held({ response_due_at: new Date('2026-01-09T15:00Z') });
    assert.deepEqual(shown(resume(clock, new Date('2026-01-12T08:00Z'))), ['2026-01-09T15:00', '2026-01-12T09:30']);
  });

  it('reads times as JSON has them', () => {
    const clock = held({ paused_at: '2026-01-09T15:30:00+00:00', breach_at: '2026-01-09T18:00:00+01:00' });
    assert.deepEqual(shown(resume(clock, new Date('2026-01-12T08:00Z'))), ['2026-01-12T08:30', '2026-01-12T09:30']);
  });

  it('keeps the time that is left to the millisecond, however often a clock is held', () => {
    const calendar = { timeZone: 'Europe/Berlin', hours: { '1': [['09:00', '17:00']], '7': [['01:00', '04:00']] } };
    const holds = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 1e9 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.constantFrom(null, calendar as never), holds, (calendar, holds) => {
        let clock = held({ breach_at: new Date('2026-03-29T02:00Z'), calendar });
        for (const [rested, ran] of holds) {
          const left = businessMinutesBetween(clock.paused_at as Date, clock.breach_at as Date, calendar);
          const now = new Date(Number(clock.paused_at) + rested);
          const { responseDueAt, breachAt } = resume(clock, now);
          const leftAfter = businessMinutesBetween(now, breachAt, calendar);
          assert.equal(Math.round(leftAfter * minute), Math.round(left * minute));
          clock = { ...clock, response_due_at: responseDueAt, breach_at: breachAt, paused_at: new Date(+now + ran) };
        }
      }),
    );
  });
});
