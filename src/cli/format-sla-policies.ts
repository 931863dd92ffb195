import type { BusinessCalendar, SlaPolicy } from '../contracts/sla-policy-provider.js';
import { formatTable } from './table.js';

/** Formats SLA policies as a text table. */
export function formatSlaPolicies(policies: readonly SlaPolicy[]): string {
  const rows = policies.map((policy) => [
    policy.priority,
    `${policy.responseMinutes} min`,
    `${policy.breachMinutes} min`,
    policy.calendar ? `business hours in ${policy.calendar.timeZone}${closed(policy.calendar)}` : 'every minute',
  ]);
  return formatTable([['priority', 'answer within', 'breach after', 'counting'], ...rows]);
}

function closed({ holidays = [] }: BusinessCalendar): string {
  return holidays.length > 0 ? `, ${holidays.length} holidays` : '';
}
