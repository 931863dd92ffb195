import { findAuditedConversations } from '../audit/erase.js';
import { type Executor, statement } from '../db/statement.js';

/** Conversations of which only the audit record still speaks: the host has deleted them, or an earlier erasure has. */
export async function auditedAndGone(tx: Executor, actorId: string): Promise<string[]> {
  const audited = await findAuditedConversations(tx, actorId);
  const gone = await tx.run<{ id: string }>(selectGone, [audited]);
  return gone.map((row) => row.id);
}

const selectGone = statement(
  'customer.gone_conversations',
  (s) => `
    SELECT known.id FROM unnest($1::uuid[]) AS known (id)
    WHERE NOT EXISTS (SELECT FROM ${s}.conversations c WHERE c.id = known.id)`,
);
