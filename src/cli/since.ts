import { CairnloopError } from '../foundation/errors.js';
import { declareOption } from './command.js';

const hour = 3_600_000;
const units: Record<string, number> = { m: 60_000, h: hour, d: 24 * hour, w: 7 * 24 * hour };

/** The option `--since <when>`, as in `--since 30d`; its parsed value is a `Date`. */
export const sinceOption = declareOption({
  flags: '--since <when>',
  description: 'since 90m, 12h, 30d or 2w ago, or a time in UTC (2026-01-31T18:30)',
  parse: (text: string) => parsePastTime('--since', text),
});

/**
 * Parses a duration before now, such as `30d`, or a time in UTC, as a `Date` that is not in the future. Throws `USAGE`.
 */
export function parsePastTime(flag: string, text: string, now = new Date()): Date {
  const [, count, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (units[unit] ?? 0));
  const date = utcMoment(text);
  if (date && date <= now) return date;
  throw new CairnloopError('USAGE', {
    message: `${flag} expected a time such as 30d, 12h or 2026-01-31 that is not in the future, found "${text}".`,
    hint: 'Units are m (minutes), h, d and w; a time of day is in UTC, such as 2026-01-31T18:30.',
  });
}

/** Parses a time in UTC. Undefined for a day that does not exist: `Date` would roll over to the next month. */
function utcMoment(text: string): Date | undefined {
  const [, day, time = ''] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?Z?$/.exec(text) ?? [];
  const midnight = new Date(`${day}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const moment = new Date(`${day}${time || 'T00:00'}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
