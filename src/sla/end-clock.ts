import type { Sla } from '../domain.js';
import type { Runtime } from '../runtime.js';

/**
 * Parts of a statement that ends the running clock of `conversation` (an earlier part): `sla` is the ended clock. It is
 * fulfilled, or breached where its time had run out before anybody noticed; then its countdown stays, so that the
 * worker still tells the Notifier.
 */
export function endClock(s: string, endedBy: 'answered' | 'resolved'): string {
  const inTime = `(slas.breach_at > ${s}.clock() OR slas.paused_at IS NOT NULL)`;
  return `
    sla AS (
      UPDATE ${s}.slas SET
        status = CASE WHEN ${inTime} THEN 'fulfilled' ELSE 'breached' END,
        ended_by = CASE WHEN ${inTime} THEN '${endedBy}' ELSE 'breached' END,
        completed_at = ${s}.clock()
      FROM conversation
      WHERE slas.conversation_id = conversation.id AND slas.status = 'active'
      RETURNING slas.*
    ), countdown AS (
      DELETE FROM ${s}.deliveries USING sla
      WHERE topic = 'sla_breach' AND dedupe_key = sla.id::text AND deliveries.state = 'pending' AND sla.status = 'fulfilled'
    )`;
}

/** Counts and tells of a clock that has ended, after its commit. */
export function afterClockEnded(runtime: Runtime, sla: Sla): void {
  if (sla.status === 'breached') {
    runtime.metrics.slaBreached(sla.priority);
    runtime.jobs.wake('sla_breach');
  }
  runtime.telemetry.publish(sla.status === 'breached' ? 'sla.breached' : 'sla.fulfilled', {}, { sla });
}
