import { eraseFromAudit } from '../audit/erase.js';
import type { Actor, ErasureCounts } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';

/**
 * Removes conversations with all that belongs to them, in the caller's transaction. The caller has locked their rows:
 * whatever writes to a conversation locks it first, so nothing is added meanwhile. The audit lock is taken last, as
 * {@link eraseFromAudit} keeps it until the commit.
 */
export async function removeConversations(
  tx: Executor,
  ids: readonly string[],
  { by, actorId = null }: { by: Actor; actorId?: string | null },
): Promise<ErasureCounts> {
  const deliveries = await countOf(tx, deleteDeliveries, ids);
  const [messages] = await tx.run<{ count: number; envelopes: string[] }>(deleteMessages, [ids]);
  const subjectIds = await removeEmptyEnvelopes(tx, messages?.envelopes ?? []);
  const drafts = await countOf(tx, deleteDrafts, ids);
  await tx.run(deleteSlas, [ids]);
  const auditEvents = await eraseFromAudit(tx, { conversationIds: ids, subjectIds, actorId, by });
  const conversations = await countOf(tx, deleteConversations, ids);
  return { conversations, messages: messages?.count ?? 0, drafts, auditEvents, deliveries };
}

/**
 * Deletes bulk sends of which no message is left. Two that remove the last two messages of one at once take its lock one
 * after the other, and the second finds none left. Returns the ids of the deleted ones.
 */
export async function removeEmptyEnvelopes(tx: Executor, envelopes: readonly string[]): Promise<string[]> {
  if (envelopes.length === 0) return [];
  await tx.run(lockEnvelopes, [envelopes]);
  return (await tx.run<{ id: string }>(deleteEnvelopes, [envelopes])).map((row) => row.id);
}

async function countOf(tx: Executor, how: ReturnType<typeof statement>, ids: readonly string[]): Promise<number> {
  const [row] = await tx.run<{ count: number }>(how, [ids]);
  return row?.count ?? 0;
}

/**
 * The deliveries of conversations, as a list of ids: those that are settled have no index by conversation, but each has
 * a key that is made of its message, its SLA or its resolution.
 */
export const deliveriesOf = (s: string, ids: string) => `
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

const deleteDeliveries = statement(
  'customer.delete_deliveries',
  (s) => `
    WITH gone AS (
      DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(${deliveriesOf(s, '$1::uuid[]')})) RETURNING id
    ), outcome AS (
      DELETE FROM ${s}.delivery_outcomes WHERE delivery_id IN (SELECT id FROM gone)
    )
    SELECT count(*)::int AS count FROM gone`,
);

/** Only Cairnloop writes the metadata of an outbound message; that of others is the host's. */
export const envelopeOf = `CASE role WHEN 'outbound' THEN metadata ->> 'envelopeId' END`;

const deleteMessages = statement(
  'customer.delete_messages',
  (s) => `
    WITH gone AS (
      DELETE FROM ${s}.messages WHERE conversation_id = ANY ($1::uuid[]) RETURNING ${envelopeOf} AS envelope
    )
    SELECT count(*)::int AS count, array_remove(array_agg(DISTINCT envelope), NULL) AS envelopes FROM gone`,
);

const deleteDrafts = statement(
  'customer.delete_drafts',
  (s) => `
    WITH gone AS (DELETE FROM ${s}.drafts WHERE conversation_id = ANY ($1::uuid[]) RETURNING id)
    SELECT count(*)::int AS count FROM gone`,
);

const deleteSlas = statement(
  'customer.delete_slas',
  (s) => `DELETE FROM ${s}.slas WHERE conversation_id = ANY ($1::uuid[])`,
);

/** Tags go by their foreign key, searched texts by a trigger. */
const deleteConversations = statement(
  'customer.delete_conversations',
  (s) => `
    WITH gone AS (DELETE FROM ${s}.conversations WHERE id = ANY ($1::uuid[]) RETURNING id)
    SELECT count(*)::int AS count FROM gone`,
);

const lockEnvelopes = statement(
  'customer.lock_envelopes',
  (s) => `SELECT id FROM ${s}.bulk_envelopes WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

const deleteEnvelopes = statement(
  'customer.delete_envelopes',
  (s) => `
    DELETE FROM ${s}.bulk_envelopes e WHERE e.id = ANY ($1::uuid[]) AND NOT EXISTS (
      SELECT FROM ${s}.messages m
      WHERE m.role = 'outbound' AND m.metadata ? 'envelopeId' AND m.metadata ->> 'envelopeId' = e.id::text)
    RETURNING e.id`,
);
