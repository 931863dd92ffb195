import { eraseFromAudit } from '../audit/erase.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Actor } from '../contracts/domain.js';
import type { Database } from '../db/connect.js';
import { declareStatement, type Executor, type Statement } from '../db/statement.js';
import { addErasureCounts } from './erasures.js';
import { bulkSendIdSql, removeEmptyBulkSends } from './remove-conversations.js';

/** Maximum number of rows that one transaction deletes; few, so that no lock is held for long. */
const batchSize = 500;

/** A batch that erases fewer rows than this is the last one. What is left is erased together with the conversation. */
const lastBatch = 50;

/**
 * If a group of conversations has this many messages, its audit lines too are erased before the conversations are
 * locked.
 */
const manyMessages = 1000;

interface Erasing {
  actorId: string;
  by: Actor;
}

/**
 * Erases most of what conversations hold, in small transactions of their own and without a lock on the conversations,
 * so that little is left for the transaction that removes them. Deliveries are erased first, so that no callback is
 * called about a part of a conversation. Rows that another session has locked are left for that last transaction.
 */
export async function eraseConversationContents(db: Database, ids: readonly string[], erasing: Erasing): Promise<void> {
  const { actorId, by } = erasing;
  await inBatches(db, actorId, async (tx) => ({ deliveries: await batchOf(tx, deleteUnsettled, ids) }));
  const messages = await inBatches(db, actorId, (tx) => eraseMessages(tx, ids, by));
  await inBatches(db, actorId, async (tx) => ({ drafts: await batchOf(tx, deleteDrafts, ids) }));
  if (messages < manyMessages) return;
  await db.transaction(async (tx) => {
    const auditEvents = await eraseFromAudit(tx, { conversationIds: ids, actorId, by });
    await addErasureCounts(tx, actorId, { auditEvents });
  });
}

/**
 * Repeats `work`, each time in a transaction that also counts what was erased, until few rows are left. Returns how
 * many rows were erased.
 */
async function inBatches(
  db: Database,
  actorId: string,
  work: (tx: Executor) => Promise<Partial<ErasureCounts>>,
): Promise<number> {
  for (let total = 0; ; ) {
    const counts = await db.transaction(async (tx) => {
      const counts = await work(tx);
      await addErasureCounts(tx, actorId, counts);
      return counts;
    });
    const erased = counts.messages ?? counts.drafts ?? counts.deliveries ?? 0;
    total += erased;
    if (erased < lastBatch) return total;
  }
}

interface BatchParams {
  ids: readonly string[];
  limit: number;
}

async function batchOf(tx: Executor, how: Statement<BatchParams>, ids: readonly string[]): Promise<number> {
  return (await tx.run(how, { ids, limit: batchSize })).length;
}

async function eraseMessages(tx: Executor, ids: readonly string[], by: Actor): Promise<Partial<ErasureCounts>> {
  const [row] = await tx.run(deleteMessages, { ids, limit: batchSize });
  const subjectIds = await removeEmptyBulkSends(tx, row?.envelopes ?? []);
  const auditEvents = await eraseFromAudit(tx, { conversationIds: [], subjectIds, by });
  return { messages: row?.messages ?? 0, deliveries: row?.deliveries ?? 0, auditEvents };
}

const deleteUnsettled = declareStatement<BatchParams, { id: string }>(
  'customer.delete_unsettled',
  (s, p) => `
    DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(
      SELECT id FROM ${s}.deliveries WHERE conversation_id = ANY (${p.ids}::uuid[]) AND settled_at IS NULL
      LIMIT ${p.limit} FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
);

interface ErasedMessages {
  messages: number;
  deliveries: number;
  envelopes: string[] | null;
}

/** Does not delete a message whose delivery is locked: the delivery can only be found by its message. */
const deleteMessages = declareStatement<BatchParams, ErasedMessages>(
  'customer.delete_some_messages',
  (s, p) => `
    WITH batch AS MATERIALIZED (
      SELECT id FROM ${s}.messages WHERE conversation_id = ANY (${p.ids}::uuid[]) LIMIT ${p.limit} FOR UPDATE SKIP LOCKED
    ), delivery AS (
      DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(
        SELECT id FROM ${s}.deliveries
        WHERE dedupe_key = ANY (ARRAY(SELECT id::text FROM batch)) AND conversation_id = ANY (${p.ids}::uuid[])
        FOR UPDATE SKIP LOCKED
      )) RETURNING id
    ), outcome AS (
      DELETE FROM ${s}.delivery_outcomes WHERE delivery_id IN (SELECT id FROM delivery)
    ), gone AS (
      DELETE FROM ${s}.messages m USING batch
      WHERE m.id = batch.id AND NOT EXISTS (
        SELECT FROM ${s}.deliveries d WHERE d.dedupe_key = m.id::text AND d.conversation_id = m.conversation_id
          AND d.id NOT IN (SELECT id FROM delivery))
      RETURNING ${bulkSendIdSql} AS envelope
    )
    SELECT (SELECT count(*)::int FROM delivery) AS deliveries, count(*)::int AS messages,
      array_remove(array_agg(DISTINCT envelope), NULL) AS envelopes
    FROM gone`,
);

const deleteDrafts = declareStatement<BatchParams, { id: string }>(
  'customer.delete_some_drafts',
  (s, p) => `
    DELETE FROM ${s}.drafts WHERE id = ANY (ARRAY(
      SELECT id FROM ${s}.drafts WHERE conversation_id = ANY (${p.ids}::uuid[]) LIMIT ${p.limit} FOR UPDATE SKIP LOCKED
    )) RETURNING id`,
);
