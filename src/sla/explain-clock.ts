import type { Actor } from '../contracts/domain.js';
import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';
import { businessMinutesBetween } from './business-time.js';
import type { SlaClock, SlaTerms } from './sla-clock.js';

type DueTimes = Pick<SlaClock, 'responseDueAt' | 'breachAt'>;

/** One event of an SLA clock, read from the audit record. */
export type SlaClockEvent = { at: Date } & (
  | ({ type: 'started'; priority: string; terms: SlaTerms } & DueTimes)
  | { type: 'paused'; by: Actor; reason?: string }
  | ({ type: 'resumed'; by: Actor } & DueTimes)
  | { type: 'reprioritized'; by: Actor; from: string; to: string }
  | { type: 'ended'; endedBy: 'answered' | 'resolved' | 'archived' | 'breached' | 'tracking_off'; by?: Actor }
);

/** The state of a clock after an event. */
type ClockState = SlaTerms & DueTimes & Pick<SlaClock, 'pausedAt'>;

/**
 * Explains the due times of a clock: one line per event, with times in the calendar's zone (default UTC). Empty without
 * a start event.
 */
export function explainSlaClockEvents(events: readonly SlaClockEvent[]): string[] {
  const lines: string[] = [];
  let state: ClockState | undefined;
  for (const event of events) {
    const before = state;
    state = after(before, event);
    if (state) lines.push(`${moment(event.at, state)}  ${words(event, state, before?.pausedAt ?? null)}`);
  }
  return lines;
}

function after(clock: ClockState | undefined, event: SlaClockEvent): ClockState | undefined {
  if (event.type === 'started') {
    const { terms, responseDueAt, breachAt } = event;
    return { ...terms, pausedAt: null, responseDueAt, breachAt };
  }
  if (!clock || event.type === 'ended' || event.type === 'reprioritized') return clock;
  if (event.type === 'paused') return { ...clock, pausedAt: event.at };
  const { responseDueAt, breachAt } = event;
  return { ...clock, pausedAt: null, responseDueAt, breachAt };
}

function words(event: SlaClockEvent, clock: ClockState, pausedSince: Date | null): string {
  switch (event.type) {
    case 'started':
      return `started for priority "${event.priority}": ${terms(clock)}; ${due(clock)}`;
    case 'paused': {
      const why = event.reason ? ` (${event.reason})` : '';
      return `paused by ${name(event.by)}${why} with ${left(clock, event.at)} left; no breach until it is resumed`;
    }
    case 'resumed': {
      const pause = pausedSince
        ? ` after a pause of ${minutes((event.at.getTime() - pausedSince.getTime()) / 60_000)}`
        : '';
      return `resumed by ${name(event.by)}${pause}; ${due(clock)}`;
    }
    case 'reprioritized':
      return `priority changed from "${event.from}" to "${event.to}" by ${name(event.by)}; this clock keeps its terms`;
    case 'ended':
      return ending(clock, event);
  }
}

function ending(clock: ClockState, event: SlaClockEvent & { type: 'ended' }): string {
  const by = event.by ? ` by ${name(event.by)}` : '';
  const late = !clock.pausedAt && clock.responseDueAt < event.at;
  const punctual = late ? `late (due by ${moment(clock.responseDueAt, clock)}), before the breach` : 'in time';
  return {
    answered: `answered${by}, ${punctual}`,
    resolved: `ended when the conversation was resolved${by}, ${punctual}`,
    archived: `ended when the conversation was archived${by}, ${punctual}`,
    breached: `breached: nobody had answered by ${moment(clock.breachAt, clock)}`,
    tracking_off: 'ended without a breach, as the provider had switched tracking off',
  }[event.endedBy];
}

function terms({ responseMinutes, breachMinutes, calendar }: ClockState): string {
  const text = `answer within ${minutes(responseMinutes)}, breach after ${minutes(breachMinutes)}`;
  return calendar ? `${text}, counting only ${hours(calendar)}` : text;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function hours({ timeZone, hours, holidays = [] }: BusinessCalendar): string {
  const days = weekdays.flatMap((day, index) => {
    const intervals = hours[String(index + 1) as '1'] ?? [];
    return intervals.length > 0 ? [`${day} ${intervals.map((interval) => interval.join('-')).join(' and ')}`] : [];
  });
  const closed = holidays.length > 0 ? `, closed on ${holidays.length} holiday(s)` : '';
  return `${days.join(', ')} in ${timeZone}${closed}`;
}

function due(clock: ClockState): string {
  return `answer due ${moment(clock.responseDueAt, clock)}, breach ${moment(clock.breachAt, clock)}`;
}

function left({ responseDueAt, breachAt, calendar }: ClockState, at: Date): string {
  const until = (end: Date) => minutes(businessMinutesBetween(at, end, calendar));
  return `${until(responseDueAt)} to answer and ${until(breachAt)} to the breach`;
}

function minutes(count: number): string {
  return `${Math.round(count * 10) / 10} min`;
}

function name(actor: Actor): string {
  return actor.name ?? actor.id;
}

function moment(at: Date, { calendar }: ClockState): string {
  const timeZone = calendar?.timeZone ?? 'UTC';
  // The Swedish locale formats dates as ISO 8601.
  return `${new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)} ${timeZone}`;
}
