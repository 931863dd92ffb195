import type { Clock } from './model.js';

/** How a clock looks to an operator. */
export type ClockTone = 'calm' | 'soon' | 'breached' | 'paused' | 'met';

/** Below this share of its time a clock that runs is marked. */
export const soonShare = 0.25;

/** The tone of a clock at a moment. A breach that no worker has marked yet is a breach all the same. */
export function clockTone(clock: Clock, now: Date): ClockTone {
  if (clock.status === 'fulfilled') return 'met';
  if (clock.status === 'breached') return 'breached';
  if (clock.pausedAt) return 'paused';
  const left = clock.breachAt.getTime() - now.getTime();
  if (left <= 0) return 'breached';
  const whole = clock.breachAt.getTime() - clock.startedAt.getTime();
  return left < whole * soonShare ? 'soon' : 'calm';
}

/** What a clock that runs comes to next: the time for an answer while it is ahead, then the breach. */
export interface NextTarget {
  what: 'reply' | 'breach';
  at: Date;
  tone: 'calm' | 'soon';
}

/** A missed response target is marked, and so is one that little time is left for. */
export function nextTarget({ startedAt, responseDueAt, breachAt }: Clock, now: Date): NextTarget {
  if (responseDueAt <= now || responseDueAt >= breachAt) return { what: 'breach', at: breachAt, tone: 'soon' };
  const share = (responseDueAt.getTime() - now.getTime()) / (responseDueAt.getTime() - startedAt.getTime());
  return { what: 'reply', at: responseDueAt, tone: share < soonShare ? 'soon' : 'calm' };
}

/** A span of time in at most two units: `3d 4h`, `1h 05m`, `42m`, `30s`. */
export function shortSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** The same in words: `3 h 50 min`, `42 minutes`, `1 day 4 h`. */
export function spanInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return hours % 24 > 0 ? `${count(days, 'day')} ${hours % 24} h` : count(days, 'day');
  if (hours > 0) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : count(hours, 'hour');
  return minutes > 0 ? count(minutes, 'minute') : count(seconds, 'second');
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;
