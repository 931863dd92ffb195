import type { Sla } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';

/**
 * The part `sla` of a statement that ends the running clock of `conversation` (an earlier part): fulfilled, or breached
 * where its time had run out before anybody noticed.
 */
export function endClock(s: string, endedBy: 'answered' | 'resolved' | 'archived'): string {
  return `sla AS (SELECT ended.* FROM conversation, ${s}.end_clock(conversation.id, '${endedBy}') ended)`;
}

/** From the deadline of a breached clock to its breach being recorded. Pure. */
export function latenessSeconds({ breachAt, completedAt }: Sla): number {
  return Math.max(0, (Number(completedAt ?? breachAt) - Number(breachAt)) / 1000);
}

/** Counts and publishes the end of a clock, after the commit. */
export function afterClockEnded(runtime: Runtime, sla: Sla): void {
  if (sla.status === 'breached') {
    runtime.metrics.slaBreached(sla.priority, latenessSeconds(sla));
    runtime.jobs.wake('sla_breach');
  }
  runtime.telemetry.publish(sla.status === 'breached' ? 'sla.breached' : 'sla.fulfilled', {}, { sla });
}
