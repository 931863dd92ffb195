import { findAuditedConversations } from '../audit/erase.js';
import { declareStatement, type Executor } from '../db/statement.js';

/**
 * The ids of the customer's conversations that the host or an earlier erasure has deleted, but that still have lines in
 * the audit record.
 */
export async function findDeletedConversations(tx: Executor, actorId: string): Promise<string[]> {
  const audited = await findAuditedConversations(tx, actorId);
  const deleted = await tx.run(selectGone, { ids: audited });
  return deleted.map((row) => row.id);
}

const selectGone = declareStatement<{ ids: string[] }, { id: string }>(
  'customer.gone_conversations',
  (s, p) => `
    SELECT known.id FROM unnest(${p.ids}::uuid[]) AS known (id)
    WHERE NOT EXISTS (SELECT FROM ${s}.conversations c WHERE c.id = known.id)`,
);
