import type { Awaitable, Result } from './result.js';
import { err, ok } from './result.js';

/** Business hours: SLA times count only inside the open intervals. */
export interface BusinessCalendar {
  /** The IANA time zone, e.g. `Europe/Berlin`. */
  timeZone: string;
  /** Open intervals by weekday, `1` Monday to `7` Sunday, as `['09:00', '17:30']`; `'24:00'` is the end of the day. */
  hours: Partial<Record<'1' | '2' | '3' | '4' | '5' | '6' | '7', [from: string, to: string][]>>;
  /** Local dates on which business is closed, as `2026-12-25`. */
  holidays?: string[];
}

/** The response and breach times of one priority, in whole minutes from the first unanswered customer message. */
export interface SlaPolicy {
  priority: string;
  /** Minutes until an answer is due; shown to operators. */
  responseMinutes: number;
  /** Minutes until the breach callback is called; not less than `responseMinutes`. */
  breachMinutes: number;
  /** Business hours, outside of which no minute counts. Absent: every minute counts. */
  calendar?: BusinessCalendar;
}

/**
 * Provides the SLA terms, which are read whenever an SLA clock starts and stored with that clock. `ok([])` switches
 * tracking off. Configured as `slaPolicyProvider`; without one tracking is off.
 */
export interface SlaPolicyProvider {
  getActivePolicies(): Awaitable<Result<SlaPolicy[]>>;
  /** Stores new SLA terms of a priority. A read-only provider returns `err(reason)`. */
  setPolicy(priority: string, attrs: Partial<SlaPolicy>): Awaitable<Result<SlaPolicy>>;
}

/** Without a provider SLA tracking is off. */
export const defaultSlaPolicyProvider: SlaPolicyProvider = {
  getActivePolicies: () => ok([]),
  setPolicy: () => err('no slaPolicyProvider is configured'),
};
