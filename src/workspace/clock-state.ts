import type { SlaClock } from './model.js';
import { translate, translateCount } from './translate.js';

/** The state of an SLA clock as operators see it; `soon` means that little time is left. */
export type SlaClockTone = 'calm' | 'soon' | 'breached' | 'paused' | 'met';

/** An SLA clock with less than this share of its time left is shown as `soon`. */
export const slaDueSoonFraction = 0.25;

/**
 * Returns the tone of an SLA clock at a moment. A clock past its breach time is `breached` even before a worker marks
 * it.
 */
export function slaClockTone(clock: SlaClock, now: Date): SlaClockTone {
  if (clock.status === 'fulfilled') return 'met';
  if (clock.status === 'breached') return 'breached';
  if (clock.pausedAt) return 'paused';
  const left = clock.breachAt.getTime() - now.getTime();
  if (left <= 0) return 'breached';
  const whole = clock.breachAt.getTime() - clock.startedAt.getTime();
  return left < whole * slaDueSoonFraction ? 'soon' : 'calm';
}

/** The next deadline of a running SLA clock: the reply until it is due, then the breach. */
export interface NextSlaDeadline {
  what: 'reply' | 'breach';
  at: Date;
  tone: 'calm' | 'soon';
}

/**
 * Returns the next deadline of a running SLA clock; `tone` is `soon` if the reply is overdue or little time is left.
 */
export function nextSlaDeadline({ startedAt, responseDueAt, breachAt }: SlaClock, now: Date): NextSlaDeadline {
  if (responseDueAt <= now || responseDueAt >= breachAt) return { what: 'breach', at: breachAt, tone: 'soon' };
  const share = (responseDueAt.getTime() - now.getTime()) / (responseDueAt.getTime() - startedAt.getTime());
  return { what: 'reply', at: responseDueAt, tone: share < slaDueSoonFraction ? 'soon' : 'calm' };
}

/** Formats a duration in at most two short units: `3d 4h`, `1h 05m`, `42m`, `30s`. */
export function formatShortDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return translate('shortSeconds', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return translate('shortMinutes', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return translate('shortHours', { hours, minutes: String(minutes % 60).padStart(2, '0') });
  return translate('shortDays', { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** Formats a duration in long form: `3 h 50 min`, `42 minutes`, `1 day 4 h`. */
export function formatLongDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0)
    return hours % 24 > 0
      ? translateCount('spanDaysHours', days, { hours: hours % 24 })
      : translateCount('spanDays', days);
  if (hours > 0)
    return minutes % 60 > 0
      ? translate('spanHoursMinutes', { hours, minutes: minutes % 60 })
      : translateCount('spanHours', hours);
  return minutes > 0 ? translateCount('spanMinutes', minutes) : translateCount('spanSeconds', seconds);
}
