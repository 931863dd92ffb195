import { eraseFromAudit } from '../audit/erase.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Actor } from '../contracts/domain.js';
import { declareStatement, type Executor, type Statement } from '../db/statement.js';

/**
 * Removes conversations with all that belongs to them, in the caller's transaction. The caller has locked their rows:
 * every statement that writes to a conversation locks its row first, so nothing is added meanwhile. The audit lock is
 * taken last, because {@link eraseFromAudit} holds it until the commit.
 */
export async function removeConversations(
  tx: Executor,
  ids: readonly string[],
  { by, actorId = null }: { by: Actor; actorId?: string | null },
): Promise<ErasureCounts> {
  const deliveries = await countOf(tx, deleteDeliveries, ids);
  const [messages] = await tx.run(deleteMessages, { ids });
  const subjectIds = await removeEmptyBulkSends(tx, messages?.envelopes ?? []);
  const drafts = await countOf(tx, deleteDrafts, ids);
  await tx.run(deleteSlas, { ids });
  const auditEvents = await eraseFromAudit(tx, { conversationIds: ids, subjectIds, actorId, by });
  const conversations = await countOf(tx, deleteConversations, ids);
  return { conversations, messages: messages?.count ?? 0, drafts, auditEvents, deliveries };
}

/**
 * Deletes bulk sends without messages and returns their ids. Of two transactions that each remove one of the last two
 * messages, the second to get the row's lock finds none left.
 */
export async function removeEmptyBulkSends(tx: Executor, envelopes: readonly string[]): Promise<string[]> {
  if (envelopes.length === 0) return [];
  await tx.run(lockEnvelopes, { ids: envelopes });
  return (await tx.run(deleteEnvelopes, { ids: envelopes })).map((row) => row.id);
}

interface Ids {
  ids: readonly string[];
}

interface Count {
  count: number;
}

async function countOf(tx: Executor, how: Statement<Ids, Count>, ids: readonly string[]): Promise<number> {
  const [row] = await tx.run(how, { ids });
  return row?.count ?? 0;
}

/**
 * SQL for the ids of all deliveries of conversations. Settled deliveries have no index by conversation, but each has a
 * dedupe key that is made of its message, its SLA or its resolution.
 */
export const conversationDeliveryIdsSql = (s: string, ids: string) => `
  SELECT id FROM ${s}.deliveries WHERE conversation_id = ANY (${ids}) AND dedupe_key = ANY (ARRAY(
    SELECT id::text FROM ${s}.messages WHERE conversation_id = ANY (${ids})
    UNION ALL
    SELECT id::text FROM ${s}.slas WHERE conversation_id = ANY (${ids})
    UNION ALL
    SELECT c.id || '/' || n FROM ${s}.conversations c, generate_series(1, c.resolutions) n WHERE c.id = ANY (${ids})))
  UNION
  SELECT id FROM ${s}.deliveries WHERE conversation_id = ANY (${ids}) AND settled_at IS NULL
  UNION
  SELECT id FROM ${s}.deliveries WHERE conversation_id = ANY (${ids}) AND state = 'discarded'`;

const deleteDeliveries = declareStatement<Ids, Count>(
  'customer.delete_deliveries',
  (s, p) => `
    WITH gone AS (
      DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(${conversationDeliveryIdsSql(s, `${p.ids}::uuid[]`)})) RETURNING id
    ), outcome AS (
      DELETE FROM ${s}.delivery_outcomes WHERE delivery_id IN (SELECT id FROM gone)
    )
    SELECT count(*)::int AS count FROM gone`,
);

/**
 * SQL for the id of a message's bulk send. Only an outbound message has metadata by Cairnloop; in any other it is the
 * host's.
 */
export const bulkSendIdSql = `CASE role WHEN 'outbound' THEN metadata ->> 'envelopeId' END`;

const deleteMessages = declareStatement<Ids, { count: number; envelopes: string[] | null }>(
  'customer.delete_messages',
  (s, p) => `
    WITH gone AS (
      DELETE FROM ${s}.messages WHERE conversation_id = ANY (${p.ids}::uuid[]) RETURNING ${bulkSendIdSql} AS envelope
    )
    SELECT count(*)::int AS count, array_remove(array_agg(DISTINCT envelope), NULL) AS envelopes FROM gone`,
);

const deleteDrafts = declareStatement<Ids, Count>(
  'customer.delete_drafts',
  (s, p) => `
    WITH gone AS (DELETE FROM ${s}.drafts WHERE conversation_id = ANY (${p.ids}::uuid[]) RETURNING id)
    SELECT count(*)::int AS count FROM gone`,
);

const deleteSlas = declareStatement<Ids>(
  'customer.delete_slas',
  (s, p) => `DELETE FROM ${s}.slas WHERE conversation_id = ANY (${p.ids}::uuid[])`,
);

/** Deletes conversations. A foreign key deletes their tags, and a trigger their searched texts. */
const deleteConversations = declareStatement<Ids, Count>(
  'customer.delete_conversations',
  (s, p) => `
    WITH gone AS (DELETE FROM ${s}.conversations WHERE id = ANY (${p.ids}::uuid[]) RETURNING id)
    SELECT count(*)::int AS count FROM gone`,
);

const lockEnvelopes = declareStatement<Ids, { id: string }>(
  'customer.lock_envelopes',
  (s, p) => `SELECT id FROM ${s}.bulk_envelopes WHERE id = ANY (${p.ids}::uuid[]) ORDER BY id FOR UPDATE`,
);

const deleteEnvelopes = declareStatement<Ids, { id: string }>(
  'customer.delete_envelopes',
  (s, p) => `
    DELETE FROM ${s}.bulk_envelopes e WHERE e.id = ANY (${p.ids}::uuid[]) AND NOT EXISTS (
      SELECT FROM ${s}.messages m
      WHERE m.role = 'outbound' AND m.metadata ? 'envelopeId' AND m.metadata ->> 'envelopeId' = e.id::text)
    RETURNING e.id`,
);
