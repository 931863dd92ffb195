import type { Actor } from '../domain.js';
import type { BusinessCalendar } from '../host/sla-policy-provider.js';
import { businessMinutesBetween } from './business-time.js';
import { pause, resume, type SlaClock, type SlaTerms, start } from './sla-clock.js';

/** One line of a clock's life, as the audit tells it. */
export type ClockEvent = { at: Date } & (
  | { type: 'started'; priority: string; terms: SlaTerms }
  | { type: 'paused'; by: Actor; reason?: string }
  | { type: 'resumed'; by: Actor }
  | { type: 'ended'; endedBy: 'answered' | 'resolved' | 'breached' | 'tracking_off'; by?: Actor }
);

/**
 * Says in words why a clock is due when it is: one line for each event, in their order, moments in the calendar's zone
 * (UTC without one). The first event is the start; without it there is nothing to explain. Throws as `start` does.
 */
export function explain(events: readonly ClockEvent[]): string[] {
  const lines: string[] = [];
  let clock: SlaClock | undefined;
  for (const event of events) {
    if (event.type === 'started') clock = start(event.terms, event.at);
    if (!clock) continue;
    const [next, words] = tell(clock, event);
    lines.push(`${moment(event.at, clock)}  ${words}`);
    clock = next;
  }
  return lines;
}

function tell(clock: SlaClock, event: ClockEvent): [SlaClock, string] {
  switch (event.type) {
    case 'started':
      return [clock, `started for priority "${event.priority}": ${terms(clock)}; ${due(clock)}`];
    case 'paused': {
      const why = event.reason ? ` (${event.reason})` : '';
      return [
        pause(clock, event.at),
        `paused by ${name(event.by)}${why} with ${left(clock, event.at)} left; no breach until it is resumed`,
      ];
    }
    case 'resumed': {
      const resumed = resume(clock, event.at);
      const held = clock.pausedAt ? ` after ${minutes((event.at.getTime() - clock.pausedAt.getTime()) / 60_000)}` : '';
      return [resumed, `resumed by ${name(event.by)}${held}; ${due(resumed)}`];
    }
    case 'ended':
      return [clock, ending(clock, event)];
  }
}

function ending(clock: SlaClock, event: ClockEvent & { type: 'ended' }): string {
  const by = event.by ? ` by ${name(event.by)}` : '';
  const late = !clock.pausedAt && clock.responseDueAt < event.at;
  const punctual = late ? `after the target of ${moment(clock.responseDueAt, clock)}, before the breach` : 'in time';
  return {
    answered: `answered${by}, ${punctual}`,
    resolved: `ended by the resolution${by}, ${punctual}`,
    breached: `breached: nobody had answered by ${moment(clock.breachAt, clock)}`,
    tracking_off: 'ended without a breach, as the provider had switched tracking off',
  }[event.endedBy];
}

function terms({ responseMinutes, breachMinutes, calendar }: SlaClock): string {
  const words = `answer within ${minutes(responseMinutes)}, breach after ${minutes(breachMinutes)}`;
  return calendar ? `${words}, counting only ${hours(calendar)}` : words;
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

function due(clock: SlaClock): string {
  return `answer due ${moment(clock.responseDueAt, clock)}, breach ${moment(clock.breachAt, clock)}`;
}

function left({ responseDueAt, breachAt, calendar }: SlaClock, at: Date): string {
  const until = (end: Date) => minutes(businessMinutesBetween(at, end, calendar));
  return `${until(responseDueAt)} to answer and ${until(breachAt)} to the breach`;
}

function minutes(count: number): string {
  return `${Math.round(count * 10) / 10} min`;
}

function name(actor: Actor): string {
  return actor.name ?? actor.id;
}

function moment(at: Date, { calendar }: SlaClock): string {
  const timeZone = calendar?.timeZone ?? 'UTC';
  // Sweden writes dates as ISO 8601 does.
  return `${new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)} ${timeZone}`;
}
