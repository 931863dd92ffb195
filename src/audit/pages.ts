import { type Executor, statement } from '../db/statement.js';
import type { ChainEvent, SealedEvent } from './hash-chain.js';
import { type AuditRow, toAuditEvent } from './list.js';

/** How many events are held in memory at a time. */
export const pageSize = 1000;

/** The sealed events in the order of the chain, page by page; one that somebody put before the first is among them. */
export async function* sealedPages(executor: Executor): AsyncGenerator<SealedEvent[]> {
  for (let after: string | null = null; ; ) {
    const rows: ChainRow[] = await executor.run<ChainRow>(selectSealed, [after, pageSize]);
    if (rows.length > 0) yield rows.map(toSealedEvent);
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.seq ?? null;
  }
}

/** The events that are not sealed yet, oldest first, page by page. */
export async function* unsealedPages(executor: Executor): AsyncGenerator<ChainEvent[]> {
  for (let after: string | null = null; ; ) {
    const rows: ChainRow[] = await executor.run<ChainRow>(selectUnsealedAfter, [after, pageSize]);
    if (rows.length > 0) yield rows.map(toChainEvent);
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.id ?? null;
  }
}

/** A row with its time as text, to the microsecond, and everything that its seal was made with. */
export type ChainRow = AuditRow & {
  exact_at: string;
  format: number | null;
  actor_salt: Buffer | null;
  detail_salt: Buffer | null;
  actor_commitment: Buffer | null;
  detail_commitment: Buffer | null;
  key_id: string | null;
  mac: Buffer | null;
};

export function toChainEvent(row: ChainRow): ChainEvent {
  return {
    ...toAuditEvent(row),
    at: exactTime(row.exact_at),
    format: row.format,
    actorSalt: hex(row.actor_salt),
    detailSalt: hex(row.detail_salt),
    actorCommitment: hex(row.actor_commitment),
    detailCommitment: hex(row.detail_commitment),
    actorErasedBy: row.actor_erased_by,
    detailErasedBy: row.detail_erased_by,
  };
}

export function toSealedEvent(row: ChainRow): SealedEvent {
  return {
    ...toChainEvent(row),
    seq: Number(row.seq),
    hash: row.hash ?? '',
    keyId: row.key_id,
    mac: hex(row.mac),
  };
}

function hex(bytes: Buffer | null): string | null {
  return bytes?.toString('hex') ?? null;
}

/** A Date where that is all of it. */
function exactTime(stored: string): Date | string {
  const iso = stored.replace(/ AD$/, '');
  return /^\d{4}-.*\.\d{3}000Z$/.test(iso) ? new Date(iso) : iso;
}

/** All columns of a {@link ChainRow}. Independent of what the session's dates look like. */
export const chainColumns = `
  *, coalesce(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z" AD'), at::text) AS exact_at`;

const selectSealed = statement(
  'audit.sealed_page',
  (s) => `
    SELECT ${chainColumns} FROM ${s}.audit_events
    WHERE seq IS NOT NULL AND ($1::bigint IS NULL OR seq > $1) ORDER BY seq LIMIT $2`,
);

const selectUnsealedAfter = statement(
  'audit.unsealed_page',
  (s) => `
    SELECT ${chainColumns} FROM ${s}.audit_events WHERE seq IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
);
