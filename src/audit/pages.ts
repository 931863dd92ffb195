import { type Executor, statement } from '../db/statement.js';
import type { AuditEvent } from '../domain.js';
import type { SealedEvent } from './hash-chain.js';
import { type AuditRow, toAuditEvent } from './list.js';

/** How many events are held in memory at a time. */
export const pageSize = 1000;

/** The sealed events in the order of the chain, page by page. */
export async function* sealedPages(executor: Executor): AsyncGenerator<SealedEvent[]> {
  for (let after = 0; ; ) {
    const rows = await executor.run<AuditRow>(selectSealed, [after, pageSize]);
    if (rows.length > 0) yield rows.map(toSealedEvent);
    if (rows.length < pageSize) return;
    after = Number(rows.at(-1)?.seq);
  }
}

/** The events that are not sealed yet, oldest first, page by page. */
export async function* unsealedPages(executor: Executor): AsyncGenerator<AuditEvent[]> {
  for (let after: string | null = null; ; ) {
    const rows: AuditRow[] = await executor.run<AuditRow>(selectUnsealedAfter, [after, pageSize]);
    if (rows.length > 0) yield rows.map(toAuditEvent);
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.id ?? null;
  }
}

function toSealedEvent(row: AuditRow): SealedEvent {
  return { ...toAuditEvent(row), seq: Number(row.seq), hash: row.hash ?? '' };
}

const selectSealed = statement(
  'audit.sealed_page',
  (s) => `SELECT * FROM ${s}.audit_events WHERE seq > $1 ORDER BY seq LIMIT $2`,
);

const selectUnsealedAfter = statement(
  'audit.unsealed_page',
  (s) => `
    SELECT * FROM ${s}.audit_events WHERE seq IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
);
