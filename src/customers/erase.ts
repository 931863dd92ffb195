import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eraseFromAudit } from '../audit/erase.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { EraseInput } from '../contracts/inputs.js';
import { hostIdSchema } from '../conversations/host-id-schema.js';
import type { Database } from '../db/connect.js';
import { isLockTimeoutError } from '../db/permanent-failure.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { announce } from '../events/announce.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, parseInput, storableTextSchema, strictObjectSchema } from '../validation/input.js';
import { countCustomerData } from './count-customer.js';
import { findDeletedConversations } from './deleted-conversations.js';
import { eraseConversationContents } from './erase-contents.js';
import {
  addErasureCounts,
  beginCustomerErasure,
  type CustomerErasure,
  endCustomerErasure,
  lockCustomerErasure,
} from './erasures.js';
import { hashText } from './hash-of-text.js';
import { removeConversations } from './remove-conversations.js';
import { redactActorId, redactActorIdInText } from './without-actor-id.js';

const customerInput = strictObjectSchema({ actorId: hostIdSchema });
const previewInput = strictObjectSchema({
  actor: actorSchema.optional(),
  reason: storableTextSchema(2000).optional(),
  dryRun: z.boolean().optional(),
});
const eraseInput = strictObjectSchema({
  /** Who erases; kept in the audit record. */
  actor: actorSchema,
  /** Why the customer is erased; kept in the audit record, with the customer's id replaced by `[erased]`. */
  reason: storableTextSchema(2000),
  /** If true, counts and writes nothing; `actor` and `reason` may then be left out. */
  dryRun: z.boolean().optional(),
});

/** Number of conversations that one transaction removes. */
const groupSize = 50;

/**
 * Maximum number of rounds of an erasure. Each round erases the conversations that were opened during the round before.
 */
const maxRounds = 5;

/**
 * Erases everything that is stored about a customer, in small transactions while other work goes on, and returns the
 * counts. An interrupted call is finished by the next one with the same id. What `open` or `receive` writes meanwhile
 * is erased too, unless it belongs to a new conversation that the erasure leaves alone. Throws `INPUT_INVALID`.
 */
export async function eraseCustomer(runtime: Runtime, id: string, input: EraseInput): Promise<ErasureCounts> {
  const { actorId } = parseInput('customers.erase', customerInput, { actorId: id });
  const { dryRun } = parseInput('customers.erase', previewInput, input);
  if (dryRun) return countCustomerData(runtime.db, actorId);
  const { actor, reason } = parseInput('customers.erase', eraseInput, input);
  const begun = await beginCustomerErasure(runtime.db, actorId, {
    actor: redactActorId(actor, actorId),
    reason: redactActorIdInText(reason, actorId),
  });
  for (let round = 1; ; round += 1) {
    await eraseConversations(runtime, begun);
    await forgetLateOutcomes(runtime.db);
    const ended = await runtime.db.transaction((tx) => end(tx, runtime, begun, round === maxRounds));
    if (ended === 'more') continue;
    // Another call has ended and announced the erasure.
    if (!ended) return begun.counts;
    const { actor: by, counts } = ended.erasure;
    announce(runtime, 'customer.erased', { actor: by, counts, owed: ended.owed });
    return counts;
  }
}

async function eraseConversations(runtime: Runtime, { actorId, actor: by }: CustomerErasure): Promise<void> {
  const { db } = runtime;
  const found = (await db.run(selectConversations, { actorId })).map((row) => row.id);
  for (let from = 0; from < found.length; from += groupSize) {
    const ids = found.slice(from, from + groupSize);
    await eraseConversationContents(db, ids, { actorId, by });
    await db.transaction(async (tx) => {
      await tx.run(lockConversations, { ids });
      await addErasureCounts(tx, actorId, await removeConversations(tx, ids, { actorId, by }));
    });
    for (const id of ids) announce(runtime, 'conversation.erased', { conversationId: id });
  }
}

/**
 * Ends the erasure in its last transaction; nothing of the customer is left after that. Returns `more` if a
 * conversation was opened meanwhile, null if another call has ended the erasure.
 */
async function end(
  tx: Executor,
  { config }: Runtime,
  { actorId, actor: by }: CustomerErasure,
  isLast: boolean,
): Promise<{ erasure: CustomerErasure; owed: boolean } | 'more' | null> {
  if (!(await lockCustomerErasure(tx, actorId))) return null;
  const left = isLast ? [] : await tx.run(selectConversations, { actorId });
  if (left.length > 0) return 'more';
  await tx.run(deletePortalWrites, { customer: hashText(actorId) });
  const conversationIds = await findDeletedConversations(tx, actorId);
  if (conversationIds.length > 0) {
    const auditEvents = await eraseFromAudit(tx, { conversationIds, actorId, by });
    await addErasureCounts(tx, actorId, { auditEvents });
  }
  const erasure = await lockCustomerErasure(tx, actorId);
  return erasure && { erasure, ...(await endCustomerErasure(tx, config, erasure)) };
}

/**
 * How long a wait for the lock on `delivery_outcomes` may last, in milliseconds; other writers of that table wait
 * behind it.
 */
const tableLockMs = 100;

/**
 * Deletes kept outcomes whose delivery is gone. A settlement that began before its delivery was deleted may keep its
 * outcome afterwards; the table's lock waits for all settlements under way. If the lock is not free, a worker deletes
 * these outcomes later.
 */
async function forgetLateOutcomes(db: Database): Promise<void> {
  for (let tries = 1; tries <= 20; tries += 1) {
    try {
      return await db.waitingFor(tableLockMs).transaction(async (tx) => {
        await tx.run(lockOutcomes);
        await tx.run(deleteLateOutcomes);
      });
    } catch (error) {
      if (!isLockTimeoutError(error)) throw error;
      await sleep(tableLockMs);
    }
  }
}

const selectConversations = declareStatement<{ actorId: string }, { id: string }>(
  'customer.conversations',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE actor_id = ${p.actorId} ORDER BY id`,
);

const lockConversations = declareStatement<{ ids: string[] }, { id: string }>(
  'customer.lock_conversations',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ANY (${p.ids}::uuid[]) ORDER BY id FOR UPDATE`,
);

const deletePortalWrites = declareStatement<{ customer: string }>(
  'customer.delete_portal_writes',
  (s, p) => `DELETE FROM ${s}.portal_writes WHERE customer = ${p.customer}`,
);

const lockOutcomes = declareStatement(
  'customer.lock_outcomes',
  (s) => `LOCK TABLE ${s}.delivery_outcomes IN SHARE ROW EXCLUSIVE MODE`,
);

const deleteLateOutcomes = declareStatement(
  'customer.delete_late_outcomes',
  (s) => `
    DELETE FROM ${s}.delivery_outcomes o WHERE NOT EXISTS (SELECT FROM ${s}.deliveries d WHERE d.id = o.delivery_id)`,
);
