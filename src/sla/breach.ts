import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { readSlaPolicies } from './policies.js';
import { type SlaRow, toSla } from './rows.js';

/** The breached clocks by id, and the ids of expired clocks that another session has locked. */
export interface BreachedSlaClocks {
  breached: Map<string, SlaRow>;
  locked: Set<string>;
}

/**
 * Ends the expired clocks among `ids` and returns every breached one, by id, also one that an earlier attempt breached.
 * If tracking is off, clocks end without a breach. Does not wait for locked rows.
 */
export async function breachDueSlaClocks(runtime: Runtime, ids: readonly string[]): Promise<BreachedSlaClocks> {
  const trackingOff = (await readSlaPolicies(runtime)).state === 'off';
  const ended = await runtime.db.run(endDue, { ids, endedBy: trackingOff ? 'tracking_off' : 'breached' });
  for (const row of ended) if (row.status === 'breached') announce(runtime, 'sla.breached', { sla: toSla(row) });
  const rows = await runtime.db.run(selectEndedOrDue, { ids });
  return {
    breached: new Map(rows.filter(({ status }) => status === 'breached').map((row) => [row.id, row])),
    locked: new Set(rows.filter(({ status }) => status === 'active').map(({ id }) => id)),
  };
}

/** Locks conversations before their clocks, as every statement does, to avoid deadlocks. */
const endDue = declareStatement<{ ids: readonly string[]; endedBy: 'breached' | 'tracking_off' }, SlaRow>(
  'sla.end_due',
  (s, p) => `
    WITH
    -- The expired clocks, without those that somebody has locked.
    conversation AS (
      SELECT id FROM ${s}.conversations
      WHERE id IN (SELECT conversation_id FROM ${s}.slas WHERE id = ANY (${p.ids}::uuid[]) AND status = 'active')
      ORDER BY id FOR UPDATE SKIP LOCKED
    ),
    clock AS MATERIALIZED (
      SELECT sla.id FROM ${s}.slas sla JOIN conversation ON conversation.id = sla.conversation_id
      WHERE sla.id = ANY (${p.ids}::uuid[]) AND sla.status = 'active'
        AND sla.paused_at IS NULL AND sla.breach_at <= ${s}.clock()
      FOR NO KEY UPDATE OF sla SKIP LOCKED
    ),
    ended AS (
      UPDATE ${s}.slas SET
        status = CASE ${p.endedBy} WHEN 'breached' THEN 'breached' ELSE 'fulfilled' END, ended_by = ${p.endedBy},
        completed_at = ${s}.clock()
      FROM clock WHERE slas.id = clock.id
        AND status = 'active' AND paused_at IS NULL AND breach_at <= ${s}.clock()
      RETURNING slas.*
    ),
    -- The queue sorts a conversation by the deadline that it missed.
    touched AS (
      UPDATE ${s}.conversations c SET updated_at = ${s}.clock(),
        overdue_since = CASE ended.status WHEN 'breached' THEN ended.breach_at ELSE c.overdue_since END
      FROM ended WHERE c.id = ended.conversation_id
    ),
    audit AS (${insertAuditLinesSql(s, {
      from: 'ended',
      at: 'completed_at',
      actor: systemActorSql('sla'),
      actionSql: `CASE status WHEN 'breached' THEN 'sla.breached' ELSE 'sla.ended' END`,
      subjectId: 'id',
      detail: `jsonb_build_object('reason', ended_by)`,
    })}
    )
    SELECT * FROM ended`,
);

/** Selects breached clocks, and expired ones that have not ended because they were locked. */
const selectEndedOrDue = declareStatement<{ ids: readonly string[] }, SlaRow>(
  'sla.ended_or_due',
  (s, p) => `
    SELECT * FROM ${s}.slas WHERE id = ANY (${p.ids}::uuid[]) AND (
      status = 'breached' OR (status = 'active' AND paused_at IS NULL AND breach_at <= ${s}.clock()))`,
);
