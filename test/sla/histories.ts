import fc from 'fast-check';
import type { BusinessCalendar, SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import type { SlaClockAffectingEvent } from '../../src/sla/replay-clocks.js';

/** What happened, in whole minutes from {@link time}(0), in the order of time. */
export type History = {
  offset: number;
  type: SlaClockAffectingEvent['type'];
  policies?: readonly SlaPolicy[];
  priority?: string;
}[];

const minute = 60_000;
const friday = Date.parse('2026-01-09T15:00Z');

/** A moment so many minutes after a Friday's 15:00 UTC. */
export const time = (offset: number) => new Date(friday + offset * minute);

export const offsetOf = (at: Date | null) => at && (at.getTime() - friday) / minute;

/** Open from 9 to 17 on working days. */
export const office: BusinessCalendar = {
  timeZone: 'UTC',
  hours: Object.fromEntries(['1', '2', '3', '4', '5'].map((day) => [day, [['09:00', '17:00']]])),
};

/** Tracking off, terms for another priority only, or for `high`. */
export const policyLists: fc.Arbitrary<SlaPolicy[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<SlaPolicy[]>([]) },
  { weight: 1, arbitrary: fc.constant<SlaPolicy[]>([{ priority: 'low', responseMinutes: 1, breachMinutes: 1 }]) },
  { weight: 6, arbitrary: termsForHigh() },
);

function termsForHigh(): fc.Arbitrary<SlaPolicy[]> {
  return fc
    .record({
      responseMinutes: fc.integer({ min: 1, max: 200 }),
      more: fc.integer({ min: 0, max: 200 }),
      inOffice: fc.boolean(),
    })
    .map(({ responseMinutes, more, inOffice }) => [
      {
        priority: 'high',
        responseMinutes,
        breachMinutes: responseMinutes + more,
        ...(inOffice && { calendar: office }),
      },
    ]);
}

const plainEvents = fc.constantFrom(
  'customer',
  'answer',
  'note',
  'pause',
  'resume',
  'resolve',
  'archive',
  'reopen',
  'customer',
);

/** Up to four days, most of it in steps of some minutes, across a week-end. */
export const histories: fc.Arbitrary<History> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 90 }) },
        { weight: 1, arbitrary: fc.integer({ max: 2000, min: 0 }) },
      ),
      fc.oneof(
        { weight: 5, arbitrary: plainEvents.map((type) => ({ type })) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('high', 'low').map((priority) => ({ type: 'priority' as const, priority })),
        },
        { weight: 1, arbitrary: policyLists.map((policies) => ({ type: 'policies' as const, policies })) },
      ),
    ),
    { maxLength: 20, size: 'max' },
  )
  .map((steps) => {
    const history: History = [];
    for (const [gap, event] of steps) history.push({ ...event, offset: (history.at(-1)?.offset ?? 0) + gap });
    return history;
  });

/** A history as the replay takes it. */
export const toEvents = (history: History) =>
  history.map(({ offset, ...event }) => ({ ...event, at: time(offset) })) as SlaClockAffectingEvent[];
