import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { latenessSeconds } from './end-clock.js';
import { readPolicies } from './policies.js';
import { type SlaRow, toSla } from './rows.js';

/** The breached clocks by id, and those that have run out and are locked by another session. */
export interface Due {
  breached: Map<string, SlaRow>;
  locked: Set<string>;
}

/**
 * Ends the expired clocks among `ids` and returns every breached one, by id, whichever attempt breached it. If tracking
 * is off, clocks end without a breach. It waits for no locked row.
 */
export async function breachDue(runtime: Runtime, ids: readonly string[]): Promise<Due> {
  const trackingOff = (await readPolicies(runtime)).state === 'off';
  const ended = await runtime.db.run<SlaRow>(endDue, [ids, trackingOff ? 'tracking_off' : 'breached']);
  for (const row of ended) if (row.status === 'breached') afterBreached(runtime, row);
  const rows = await runtime.db.run<SlaRow>(selectEndedOrDue, [ids]);
  return {
    breached: new Map(rows.filter(({ status }) => status === 'breached').map((row) => [row.id, row])),
    locked: new Set(rows.filter(({ status }) => status === 'active').map(({ id }) => id)),
  };
}

function afterBreached(runtime: Runtime, row: SlaRow): void {
  const sla = toSla(row);
  runtime.metrics.slaBreached(sla.priority, latenessSeconds(sla));
  runtime.telemetry.publish('sla.breached', {}, { sla });
  runtime.changeFeed.changed(row.conversation_id);
}

/** Locks conversations before their clocks, the order everywhere. */
const endDue = statement(
  'sla.end_due',
  (s) => `
    WITH conversation AS (
      SELECT id FROM ${s}.conversations
      WHERE id IN (SELECT conversation_id FROM ${s}.slas WHERE id = ANY ($1::uuid[]) AND status = 'active')
      ORDER BY id FOR UPDATE SKIP LOCKED
    ), clock AS MATERIALIZED (
      SELECT sla.id FROM ${s}.slas sla JOIN conversation ON conversation.id = sla.conversation_id
      WHERE sla.id = ANY ($1::uuid[]) AND sla.status = 'active' AND sla.paused_at IS NULL AND sla.breach_at <= ${s}.clock()
      FOR NO KEY UPDATE OF sla SKIP LOCKED
    ), ended AS (
      UPDATE ${s}.slas SET
        status = CASE $2 WHEN 'breached' THEN 'breached' ELSE 'fulfilled' END, ended_by = $2, completed_at = ${s}.clock()
      FROM clock WHERE slas.id = clock.id
        AND status = 'active' AND paused_at IS NULL AND breach_at <= ${s}.clock()
      RETURNING slas.*
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = ${s}.clock(),
        overdue_since = CASE ended.status WHEN 'breached' THEN ended.breach_at ELSE c.overdue_since END
      FROM ended WHERE c.id = ended.conversation_id
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT completed_at, '{"id": "system:sla"}'::jsonb,
        CASE status WHEN 'breached' THEN 'sla.breached' ELSE 'sla.ended' END, conversation_id, id,
        jsonb_build_object('reason', ended_by)
      FROM ended
    )
    SELECT * FROM ended`,
);

/** Expired clocks that have not ended were locked and skipped. */
const selectEndedOrDue = statement(
  'sla.ended_or_due',
  (s) => `
    SELECT * FROM ${s}.slas WHERE id = ANY ($1::uuid[]) AND (
      status = 'breached' OR (status = 'active' AND paused_at IS NULL AND breach_at <= ${s}.clock()))`,
);
