import { countErasableAuditEvents } from '../audit/erase.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Database } from '../db/connect.js';
import { runInSnapshot } from '../db/snapshot.js';
import { declareStatement } from '../db/statement.js';
import { findDeletedConversations } from './deleted-conversations.js';
import { conversationDeliveryIdsSql } from './remove-conversations.js';

/** Counts what an erasure of the customer would erase, in one snapshot. */
export function countCustomerData(db: Database, actorId: string): Promise<ErasureCounts> {
  return runInSnapshot(db, async (tx) => {
    const [row] = await tx.run(countStored, { actorId });
    if (!row) throw new Error('SELECT returned no row');
    const { ids, envelopes: subjectIds, ...counts } = row;
    const conversationIds = [...ids, ...(await findDeletedConversations(tx, actorId))];
    return { ...counts, auditEvents: await countErasableAuditEvents(tx, { conversationIds, subjectIds, actorId }) };
  });
}

interface Stored extends Omit<ErasureCounts, 'auditEvents'> {
  ids: string[];
  envelopes: string[];
}

const countStored = declareStatement<{ actorId: string }, Stored>(
  'customer.count',
  (s, p) => `
    WITH mine AS MATERIALIZED (
      SELECT coalesce(array_agg(id), '{}') AS ids FROM ${s}.conversations WHERE actor_id = ${p.actorId}
    )
    SELECT ids, cardinality(ids) AS conversations,
      (SELECT count(*)::int FROM ${s}.messages WHERE conversation_id = ANY (ids)) AS messages,
      (SELECT count(*)::int FROM ${s}.drafts WHERE conversation_id = ANY (ids)) AS drafts,
      (SELECT count(*)::int FROM (${conversationDeliveryIdsSql(s, 'ids')}) delivery) AS deliveries,
      ARRAY(
        SELECT DISTINCT (m.metadata ->> 'envelopeId')::uuid FROM ${s}.messages m
        WHERE m.conversation_id = ANY (ids) AND m.role = 'outbound' AND m.metadata ? 'envelopeId' AND NOT EXISTS (
          SELECT FROM ${s}.messages other
          WHERE other.role = 'outbound' AND other.metadata ? 'envelopeId'
            AND other.metadata ->> 'envelopeId' = m.metadata ->> 'envelopeId' AND other.conversation_id <> ALL (ids))
      ) AS envelopes
    FROM mine`,
);
