import type { AuditFacts } from './facts.js';

/** Selects how far the audit record is sealed and whether anchors are handed over. Reads three rows, by indexes. */
export const selectAuditFacts = (s: string) => `
  SELECT
    (SELECT key_id FROM ${s}.audit_events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1) AS key_id,
    (SELECT (extract(epoch FROM ${s}.clock() - at) * 1000)::float8 FROM ${s}.audit_events
      WHERE seq IS NULL ORDER BY id LIMIT 1) AS unsealed_ms,
    (extract(epoch FROM ${s}.clock() - handed_at) * 1000)::float8 AS handed_ms, last_error
  FROM (SELECT) one LEFT JOIN ${s}.audit_anchor ON true`;

export interface AuditFactsRow {
  key_id: string | null;
  unsealed_ms: number | null;
  handed_ms: number | null;
  last_error: string | null;
}

export function toAuditFacts(row: AuditFactsRow | undefined): AuditFacts {
  return {
    keyId: row?.key_id ?? null,
    oldestUnsealedMs: row?.unsealed_ms ?? null,
    anchorHandedMs: row?.handed_ms ?? null,
    anchorError: row?.last_error ?? null,
  };
}
