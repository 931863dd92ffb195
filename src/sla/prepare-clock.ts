import type { BusinessCalendar } from '../contracts/sla-policy-provider.js';
import { readDatabaseTime } from '../db/database-time.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { addBusinessMinutes } from './business-time.js';
import { readSlaPolicies } from './policies.js';

/** The terms of a new clock, and how long after its start the response is due and it breaches, in milliseconds. */
export interface SlaClockTerms {
  priority: string;
  responseMinutes: number;
  breachMinutes: number;
  calendar: BusinessCalendar | null;
  responseMs: number;
  breachMs: number;
}

/**
 * Reads the terms of a priority, before the transaction that may start a clock. Undefined if no clock can start:
 * tracking is off, the provider is unavailable, or there is no policy for the priority (logged).
 */
export async function readNewSlaClockTerms(runtime: Runtime, priority: string): Promise<SlaClockTerms | undefined> {
  const answer = await readSlaPolicies(runtime);
  if (answer.state === 'unavailable' || (answer.state === 'active' && answer.rejected.length > 0))
    runtime.metrics.hostModuleFailed('slaPolicyProvider');
  if (answer.state !== 'active') return undefined;
  const policy = answer.policies.find((candidate) => candidate.priority === priority);
  if (!policy) {
    runtime.log.warn({ priority }, 'no SLA policy for this priority; no SLA clock starts');
    return undefined;
  }
  try {
    // The start time matters only for business hours; it is then read from the database's clock.
    const now = policy.calendar ? await readDatabaseTime(runtime.db) : new Date();
    const away = (minutes: number) => addBusinessMinutes(now, minutes, policy.calendar).getTime() - now.getTime();
    return {
      priority,
      responseMinutes: policy.responseMinutes,
      breachMinutes: policy.breachMinutes,
      calendar: policy.calendar ?? null,
      responseMs: away(policy.responseMinutes),
      breachMs: away(policy.breachMinutes),
    };
  } catch (error) {
    runtime.log.warn({ priority, reason: errorText(error) }, 'SLA policy cannot be applied; no SLA clock starts');
    return undefined;
  }
}
