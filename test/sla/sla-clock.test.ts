import assert from 'node:assert/strict';
import type { BusinessCalendar } from '../../src/contracts/sla-policy-provider.js';
import { createSlaClock, isSlaClockBreached, toPausedSlaClock, toResumedSlaClock } from '../../src/sla/sla-clock.js';

const at = (time: string) => new Date(`2026-01-09T${time}Z`);
const terms = { responseMinutes: 60, breachMinutes: 240 };
const office: BusinessCalendar = {
  timeZone: 'UTC',
  hours: Object.fromEntries(['1', '2', '3', '4', '5'].map((day) => [day, [['09:00', '17:00']]])),
};

describe('sla/sla-clock', () => {
  it('SL1 is due after responseMinutes and breaches after breachMinutes', () => {
    const clock = createSlaClock(terms, at('10:00'));
    assert.deepEqual(clock, {
      ...terms,
      calendar: null,
      startedAt: at('10:00'),
      pausedAt: null,
      responseDueAt: at('11:00'),
      breachAt: at('14:00'),
    });
    assert.equal(isSlaClockBreached(clock, at('13:59')), false);
    assert.equal(isSlaClockBreached(clock, at('14:00')), true);
  });

  it('continues after a pause with the remaining time', () => {
    const held = toPausedSlaClock(createSlaClock(terms, at('10:00')), at('10:45'));
    assert.deepEqual(held.pausedAt, at('10:45'));
    const clock = toResumedSlaClock(held, at('12:00'));
    assert.deepEqual([clock.pausedAt, clock.responseDueAt, clock.breachAt], [null, at('12:15'), at('15:15')]);
  });

  it('does not move a deadline that had passed before the pause', () => {
    const clock = toResumedSlaClock(toPausedSlaClock(createSlaClock(terms, at('10:00')), at('11:30')), at('12:30'));
    assert.deepEqual([clock.responseDueAt, clock.breachAt], [at('11:00'), at('15:00')]);
  });

  it('cannot breach while it is paused', () => {
    assert.equal(
      isSlaClockBreached(toPausedSlaClock(createSlaClock(terms, at('10:00')), at('13:00')), at('23:00')),
      false,
    );
  });

  it('cannot be paused twice or after its breach, nor resumed while it runs', () => {
    const clock = createSlaClock(terms, at('10:00'));
    const held = toPausedSlaClock(clock, at('11:00'));
    assert.equal(toPausedSlaClock(held, at('12:00')), held);
    assert.equal(toPausedSlaClock(clock, at('14:00')), clock);
    assert.equal(toResumedSlaClock(clock, at('12:00')), clock);
  });

  it('treats a resumption before the pause, by a slow clock, as one at the pause', () => {
    const clock = createSlaClock(terms, at('10:00'));
    assert.deepEqual(toResumedSlaClock(toPausedSlaClock(clock, at('11:00')), at('10:59')), clock);
  });

  it('moves a clock with business hours by business time, over the weekend', () => {
    const clock = createSlaClock({ ...terms, calendar: office }, at('16:30'));
    assert.deepEqual(clock.responseDueAt, new Date('2026-01-12T09:30Z'));
    const resumed = toResumedSlaClock(toPausedSlaClock(clock, at('16:45')), new Date('2026-01-10T12:00Z'));
    assert.deepEqual(resumed.responseDueAt, new Date('2026-01-12T09:45Z'));
    assert.deepEqual(resumed.breachAt, new Date('2026-01-12T12:45Z'));
  });

  it('is not moved by a pause outside business hours', () => {
    const clock = createSlaClock({ ...terms, calendar: office }, at('16:30'));
    assert.deepEqual(toResumedSlaClock(toPausedSlaClock(clock, at('20:00')), new Date('2026-01-11T12:00Z')), clock);
  });
});
