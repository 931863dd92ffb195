import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';

/** An audit event that is marked as erased, but not covered by the `audit.erased` event that it names. */
export interface ErasureFault {
  eventId: string;
  seq: number | null;
}

/** Finds the first event of the audit chain that is marked as erased without a matching `audit.erased` event. */
export async function findErasureFault(executor: Executor): Promise<ErasureFault | null> {
  const [row] = await executor.run(selectFault);
  return row ? { eventId: row.id, seq: row.seq === null ? null : Number(row.seq) } : null;
}

/**
 * Selects the digest that each `audit.erased` event must hold: SHA-256 over the erased events in the order of their
 * ids, each with the columns that no later erasure changes. An event of format 1 adds its hash, which fixes its place.
 */
export const erasureDigestSql = (s: string): string => `
  SELECT erased.erasure AS id, encode(sha256(convert_to(string_agg(jsonb_build_array(
      erased.field, e.id, coalesce(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US AD'), e.at::text), e.action,
      e.conversation_id, e.subject_id, encode(e.actor_commitment, 'hex'), encode(e.detail_commitment, 'hex'),
      CASE WHEN e.format IS NULL THEN e.hash END)::text, E'\\n' ORDER BY e.id, erased.field), 'UTF8')), 'hex') AS digest,
    min(e.seq) AS first_seq, min(e.id::text)::uuid AS first_id
  FROM (
    SELECT id, 'actor' AS field, actor_erased_by AS erasure FROM ${s}.audit_events WHERE actor_erased_by IS NOT NULL
    UNION ALL
    SELECT id, 'detail', detail_erased_by FROM ${s}.audit_events WHERE detail_erased_by IS NOT NULL
  ) erased JOIN ${s}.audit_events e ON e.id = erased.id
  GROUP BY erased.erasure`;

const selectFault = declareStatement<NoStatementParams, { id: string; seq: string | null }>(
  'audit.erasure_fault',
  (s) => `
    SELECT erasure.first_id AS id, erasure.first_seq AS seq
    FROM (${erasureDigestSql(s)}) erasure
    LEFT JOIN ${s}.audit_events said ON said.id = erasure.id AND said.action = 'audit.erased'
    WHERE erasure.digest IS DISTINCT FROM said.detail ->> 'digest'
    ORDER BY 2 NULLS LAST LIMIT 1`,
);
