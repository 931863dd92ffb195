import { CairnloopError } from '../errors.js';
import type { OptionRow } from './command.js';

const hour = 3_600_000;
const units: Record<string, number> = { m: 60_000, h: hour, d: 24 * hour, w: 7 * 24 * hour };

/** `--since 30d`: the parsed option is a `Date`. */
export const sinceOption: OptionRow = {
  flags: '--since <when>',
  description: 'so long ago (90m, 12h, 30d, 2w) or a date in UTC such as 2026-01-31',
  parse: (text) => pastMoment('--since', text),
};

/** Reads how long ago, or a date. Throws `USAGE`. */
export function pastMoment(flag: string, text: string, now = new Date()): Date {
  const [, count, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (units[unit] ?? 0));
  const date = /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime()) && date <= now) return date;
  throw new CairnloopError('USAGE', {
    message: `${flag} expected a time such as 30d, 12h or 2026-01-31 that is not in the future, found "${text}".`,
    hint: 'Units are m (minutes), h, d and w.',
  });
}
