import { createPeriodReport } from '../../report/report.js';
import type { Report } from '../../report/report-types.js';
import type { Runtime } from '../../runtime.js';

/** How long a report is cached, in milliseconds: its lists are usually opened one after the other. */
const shownAgainMs = 15_000;

const dayMs = 86_400_000;

interface Made {
  at: number;
  report: Promise<Report>;
}

const made = new WeakMap<Runtime, Map<number, Made>>();

/** Returns the report of the last `days` days, cached for 15 seconds. */
export function getRecentReport(runtime: Runtime, days: number, now: Date): Promise<Report> {
  const byDays = made.get(runtime) ?? new Map<number, Made>();
  made.set(runtime, byDays);
  const known = byDays.get(days);
  if (known && performance.now() - known.at < shownAgainMs) return known.report;
  const report = createPeriodReport(runtime, { since: new Date(now.getTime() - days * dayMs) });
  byDays.set(days, { at: performance.now(), report });
  report.catch(() => byDays.delete(days));
  return report;
}
