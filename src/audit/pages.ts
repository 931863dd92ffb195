import { declareStatement, type Executor } from '../db/statement.js';
import type { AuditChainEvent, SealedAuditEvent } from './hash-chain.js';
import { type AuditRow, toAuditEvent } from './list.js';

/** How many audit events are held in memory at a time. */
export const auditPageSize = 1000;

/**
 * Reads the sealed audit events in the order of the chain, page by page, also one that was inserted before the first.
 */
export async function* sealedPages(executor: Executor): AsyncGenerator<SealedAuditEvent[]> {
  for (let after: string | null = null; ; ) {
    const rows: AuditChainRow[] = await executor.run(selectSealed, { after, limit: auditPageSize });
    if (rows.length > 0) yield rows.map(toSealedAuditEvent);
    if (rows.length < auditPageSize) return;
    after = rows.at(-1)?.seq ?? null;
  }
}

/** Reads the audit events that are not sealed yet, oldest first, page by page. */
export async function* unsealedPages(executor: Executor): AsyncGenerator<AuditChainEvent[]> {
  for (let after: string | null = null; ; ) {
    const rows: AuditChainRow[] = await executor.run(selectUnsealedAfter, { after, limit: auditPageSize });
    if (rows.length > 0) yield rows.map(toAuditChainEvent);
    if (rows.length < auditPageSize) return;
    after = rows.at(-1)?.id ?? null;
  }
}

/** A row of `audit_events` with its time as text, to the microsecond, and every value that its seal depends on. */
export type AuditChainRow = AuditRow & {
  exact_at: string;
  format: number | null;
  actor_salt: string | null;
  detail_salt: string | null;
  actor_commitment: string | null;
  detail_commitment: string | null;
  key_id: string | null;
  mac: string | null;
};

export function toAuditChainEvent(row: AuditChainRow): AuditChainEvent {
  return {
    ...toAuditEvent(row),
    at: exactTime(row.exact_at),
    format: row.format,
    actorSalt: row.actor_salt,
    detailSalt: row.detail_salt,
    actorCommitment: row.actor_commitment,
    detailCommitment: row.detail_commitment,
    actorErasedBy: row.actor_erased_by,
    detailErasedBy: row.detail_erased_by,
  };
}

export function toSealedAuditEvent(row: AuditChainRow): SealedAuditEvent {
  return {
    ...toAuditChainEvent(row),
    seq: Number(row.seq),
    hash: row.hash ?? '',
    keyId: row.key_id,
    mac: row.mac,
  };
}

/** Converts a stored time to a Date; returns the text where a Date would lose microseconds. */
function exactTime(stored: string): Date | string {
  const iso = stored.replace(/ AD$/, '');
  return /^\d{4}-.*\.\d{3}000Z$/.test(iso) ? new Date(iso) : iso;
}

/** All columns of a {@link AuditChainRow}. Their form does not depend on the session's settings for dates and bytes. */
export const auditChainColumns = `
  id, at, actor, action, conversation_id, subject_id, detail, seq, hash, format, actor_erased_by, detail_erased_by, key_id,
  encode(actor_salt, 'hex') AS actor_salt, encode(detail_salt, 'hex') AS detail_salt,
  encode(actor_commitment, 'hex') AS actor_commitment, encode(detail_commitment, 'hex') AS detail_commitment,
  encode(mac, 'hex') AS mac,
  coalesce(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z" AD'), at::text) AS exact_at`;

const selectSealed = declareStatement<{ after: string | null; limit: number }, AuditChainRow>(
  'audit.sealed_page',
  (s, p) => `
    SELECT ${auditChainColumns} FROM ${s}.audit_events
    WHERE seq IS NOT NULL AND (${p.after}::bigint IS NULL OR seq > ${p.after}) ORDER BY seq LIMIT ${p.limit}`,
);

const selectUnsealedAfter = declareStatement<{ after: string | null; limit: number }, AuditChainRow>(
  'audit.unsealed_page',
  (s, p) => `
    SELECT ${auditChainColumns} FROM ${s}.audit_events
    WHERE seq IS NULL AND (${p.after}::uuid IS NULL OR id > ${p.after}) ORDER BY id LIMIT ${p.limit}`,
);
