import type { SlaPolicy } from '../contracts/sla-policy-provider.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { parseCalendar } from '../validation/calendar.js';

/** The longest response or breach time of a policy, in minutes: ten years. */
export const maxSlaTermMinutes = 10 * 365 * 24 * 60;

/** A rejected policy and the reason. A row without a usable priority is named by its position: `row 3`. */
export interface RejectedSlaPolicy {
  priority: string;
  reason: string;
}

/**
 * Splits a provider's result into usable policies (copies) and rejected rows. Pure; never throws. Two policies of one
 * priority are both rejected, because it is unknown which was meant.
 */
export function validateSlaPolicies(rows: unknown): { policies: SlaPolicy[]; rejected: RejectedSlaPolicy[] } {
  if (!Array.isArray(rows)) {
    return {
      policies: [],
      rejected: [{ priority: 'all', reason: `expected a list, found ${describeFoundValue(rows)}` }],
    };
  }
  const read = rows.map(readRow);
  const priorities = read.filter((row) => row.named).map((row) => row.priority);
  const seen = new Set<string>();
  const repeated = new Set(priorities.filter((priority) => seen.size === seen.add(priority).size));
  const judged = read.map((row) => (row.named && repeated.has(row.priority) ? { ...row, reason: isRepeated } : row));
  return {
    policies: judged.flatMap(({ policy, reason }) => (policy && !reason ? [policy] : [])),
    rejected: judged.flatMap(({ priority, reason }) => (reason ? [{ priority, reason }] : [])),
  };
}

const isRepeated = 'expected one policy for a priority, found several';

interface ReadRow {
  priority: string;
  /** Whether `priority` was read from the row; if not, it is the row's position, such as `row 3`. */
  named: boolean;
  policy?: SlaPolicy;
  reason?: string;
}

function readRow(row: unknown, index: number): ReadRow {
  const unnamed = (reason: string): ReadRow => ({ priority: `row ${index + 1}`, named: false, reason });
  try {
    if (typeof row !== 'object' || row === null) return unnamed(`expected a policy, found ${describeFoundValue(row)}`);
    const { priority, responseMinutes, breachMinutes, calendar } = row as Partial<SlaPolicy>;
    if (!isPriority(priority))
      return unnamed(`priority: expected text without spaces around it, found ${describeFoundValue(priority)}`);
    return { priority, named: true, ...readTerms(priority, { responseMinutes, breachMinutes, calendar }) };
  } catch {
    return unnamed('expected a plain object, found one that throws when it is read');
  }
}

/** Whether `conversations.open` takes this priority unchanged; any other can match no conversation. */
function isPriority(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= 500 &&
    value.trim() === value &&
    !/[\0\p{Surrogate}]/u.test(value)
  );
}

interface Terms {
  responseMinutes: unknown;
  breachMinutes: unknown;
  calendar: unknown;
}

function readTerms(priority: string, terms: Terms): { policy: SlaPolicy } | { reason: string } {
  const { responseMinutes, breachMinutes } = terms as SlaPolicy;
  const reason =
    minutesProblem('responseMinutes', responseMinutes) ??
    minutesProblem('breachMinutes', breachMinutes) ??
    orderProblem(responseMinutes, breachMinutes);
  if (reason !== undefined) return { reason };
  const policy = { priority, responseMinutes, breachMinutes };
  if (terms.calendar === undefined || terms.calendar === null) return { policy };
  const read = parseCalendar(terms.calendar);
  return 'problem' in read ? { reason: read.problem } : { policy: { ...policy, calendar: read.calendar } };
}

function minutesProblem(key: string, value: unknown): string | undefined {
  if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= maxSlaTermMinutes) return undefined;
  return `${key}: expected whole minutes from 1 to ${maxSlaTermMinutes} (ten years), found ${describeFoundValue(value)}`;
}

function orderProblem(responseMinutes: number, breachMinutes: number): string | undefined {
  if (breachMinutes >= responseMinutes) return undefined;
  return `breachMinutes: expected at least responseMinutes (${responseMinutes}), found ${breachMinutes}`;
}
