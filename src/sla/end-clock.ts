import type { Sla } from '../contracts/domain.js';
import type { Runtime } from '../runtime.js';

/**
 * The part `sla` of a statement that ends the running clock of `conversation` (an earlier part): fulfilled, or breached
 * where its time had run out before anybody noticed.
 */
export function endClock(s: string, endedBy: 'answered' | 'resolved' | 'archived'): string {
  return `sla AS (SELECT ended.* FROM conversation, ${s}.end_clock(conversation.id, '${endedBy}') ended)`;
}

/** Counts and tells of a clock that has ended, after its commit. */
export function afterClockEnded(runtime: Runtime, sla: Sla): void {
  if (sla.status === 'breached') {
    runtime.metrics.slaBreached(sla.priority);
    runtime.jobs.wake('sla_breach');
  }
  runtime.telemetry.publish(sla.status === 'breached' ? 'sla.breached' : 'sla.fulfilled', {}, { sla });
}
