import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eraseFromAudit } from '../audit/erase.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { EraseInput } from '../contracts/inputs.js';
import { hostName } from '../conversations/host-name.js';
import type { Database } from '../db/connect.js';
import { isLocked } from '../db/permanent-failure.js';
import { type Executor, statement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, parseInput, storableText, strictObject } from '../validation/input.js';
import { countCustomer } from './count-customer.js';
import { findDeletedConversations } from './deleted-conversations.js';
import { eraseContents } from './erase-contents.js';
import { addToErasure, beginErasure, type Erasure, endErasure, lockErasure } from './erasures.js';
import { hashOfText } from './hash-of-text.js';
import { removeConversations } from './remove-conversations.js';
import { actorWithoutId, withoutActorId } from './without-actor-id.js';

const customerInput = strictObject({ actorId: hostName });
const previewInput = strictObject({
  actor: actorSchema.optional(),
  reason: storableText(2000).optional(),
  dryRun: z.boolean().optional(),
});
const eraseInput = strictObject({
  /** Who erases; kept in the audit record. */
  actor: actorSchema,
  /** Why; kept in the audit record, with the customer's id replaced by `[erased]`. */
  reason: storableText(2000),
  /** Counts and writes nothing; `actor` and `reason` may be left out. */
  dryRun: z.boolean().optional(),
});

/** Number of conversations that one transaction removes. */
const groupSize = 50;

/** Conversations opened since the erasure began are erased too, in a limited number of rounds. */
const maxRounds = 5;

/**
 * Erases everything that is stored about a customer, in small transactions beside running work, and returns how much it
 * was. A call that was interrupted is finished by the next one with the same id. What `open` or `receive` writes
 * meanwhile is erased, or is of a new conversation that the erasure leaves alone. Throws `INPUT_INVALID`.
 */
export async function eraseCustomer(runtime: Runtime, id: string, input: EraseInput): Promise<ErasureCounts> {
  const { actorId } = parseInput('customers.erase', customerInput, { actorId: id });
  const { dryRun } = parseInput('customers.erase', previewInput, input);
  if (dryRun) return countCustomer(runtime.db, actorId);
  const { actor, reason } = parseInput('customers.erase', eraseInput, input);
  const begun = await beginErasure(runtime.db, actorId, {
    actor: actorWithoutId(actor, actorId),
    reason: withoutActorId(reason, actorId),
  });
  for (let round = 1; ; round += 1) {
    await eraseConversations(runtime, begun);
    await forgetLateOutcomes(runtime.db);
    const ended = await runtime.db.transaction((tx) => end(tx, runtime, begun, round === maxRounds));
    if (ended === 'more') continue;
    // Null: another call finished and published it.
    if (!ended) return begun.counts;
    const { actor: by, counts } = ended.erasure;
    announce(runtime, 'customer.erased', { actor: by, counts, owed: ended.owed });
    return counts;
  }
}

async function eraseConversations(runtime: Runtime, { actorId, actor: by }: Erasure): Promise<void> {
  const { db } = runtime;
  const found = (await db.run(selectConversations, { actorId })).map((row) => row.id);
  for (let from = 0; from < found.length; from += groupSize) {
    const ids = found.slice(from, from + groupSize);
    await eraseContents(db, ids, { actorId, by });
    await db.transaction(async (tx) => {
      await tx.run(lockConversations, { ids });
      await addToErasure(tx, actorId, await removeConversations(tx, ids, { actorId, by }));
    });
    for (const id of ids) announce(runtime, 'conversation.erased', { conversationId: id });
  }
}

/**
 * The last transaction: nothing of the customer is left when it commits. `more`: a conversation was opened meanwhile.
 */
async function end(
  tx: Executor,
  { config }: Runtime,
  { actorId, actor: by }: Erasure,
  isLast: boolean,
): Promise<{ erasure: Erasure; owed: boolean } | 'more' | null> {
  if (!(await lockErasure(tx, actorId))) return null;
  const left = isLast ? [] : await tx.run(selectConversations, { actorId });
  if (left.length > 0) return 'more';
  await tx.run(deletePortalWrites, { customer: hashOfText(actorId) });
  const conversationIds = await findDeletedConversations(tx, actorId);
  if (conversationIds.length > 0) {
    const auditEvents = await eraseFromAudit(tx, { conversationIds, actorId, by });
    await addToErasure(tx, actorId, { auditEvents });
  }
  const erasure = await lockErasure(tx, actorId);
  return erasure && { erasure, ...(await endErasure(tx, config, erasure)) };
}

/** How long the wait for the table's lock may hold up other outcomes, in milliseconds. */
const tableLockMs = 100;

/**
 * Deletes outcomes of callbacks whose delivery is gone. A settlement that began before its delivery was deleted may
 * keep its outcome after that; the table's lock waits for all that are under way. Where it cannot be had, a worker
 * deletes them.
 */
async function forgetLateOutcomes(db: Database): Promise<void> {
  for (let tries = 1; tries <= 20; tries += 1) {
    try {
      return await db.waitingFor(tableLockMs).transaction(async (tx) => {
        await tx.run(lockOutcomes);
        await tx.run(deleteLateOutcomes);
      });
    } catch (error) {
      if (!isLocked(error)) throw error;
      await sleep(tableLockMs);
    }
  }
}

const selectConversations = statement<{ actorId: string }, { id: string }>(
  'customer.conversations',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE actor_id = ${p.actorId} ORDER BY id`,
);

const lockConversations = statement<{ ids: string[] }, { id: string }>(
  'customer.lock_conversations',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ANY (${p.ids}::uuid[]) ORDER BY id FOR UPDATE`,
);

const deletePortalWrites = statement<{ customer: string }>(
  'customer.delete_portal_writes',
  (s, p) => `DELETE FROM ${s}.portal_writes WHERE customer = ${p.customer}`,
);

const lockOutcomes = statement(
  'customer.lock_outcomes',
  (s) => `LOCK TABLE ${s}.delivery_outcomes IN SHARE ROW EXCLUSIVE MODE`,
);

const deleteLateOutcomes = statement(
  'customer.delete_late_outcomes',
  (s) => `
    DELETE FROM ${s}.delivery_outcomes o WHERE NOT EXISTS (SELECT FROM ${s}.deliveries d WHERE d.id = o.delivery_id)`,
);
