import { createHash, randomBytes } from 'node:crypto';
import type { HostModules } from '../config/config-types.js';
import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Actor } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { isCallOwedSql, isModuleConfigured } from '../deliveries/announced-modules.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { oweCallsSql } from '../events/owe.js';

/** A row of `erasures`: an erasure that is under way, with the counts of what it has erased so far. */
export interface CustomerErasure {
  id: string;
  actorId: string;
  actor: Actor;
  reason: string;
  counts: ErasureCounts;
}

interface ErasureRow {
  id: string;
  actor_id: string;
  actor: Actor;
  reason: string;
  conversations: number;
  messages: number;
  drafts: number;
  audit_events: number;
  deliveries: number;
}

function toErasure(row: ErasureRow): CustomerErasure {
  const { id, actor_id: actorId, actor, reason, conversations, messages, drafts, deliveries } = row;
  return {
    id,
    actorId,
    actor,
    reason,
    counts: { conversations, messages, drafts, auditEvents: row.audit_events, deliveries },
  };
}

/** Begins an erasure, or resumes an interrupted one of this customer, which keeps its actor and reason. */
export async function beginCustomerErasure(
  executor: Executor,
  actorId: string,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<CustomerErasure> {
  const [row] = await executor.run(begin, { actorId, actor, reason });
  if (!row) throw new Error('INSERT returned no row');
  return toErasure(row);
}

/**
 * Adds to the counts of an erasure, in the transaction that erased the rows. Does nothing if another call has ended the
 * erasure.
 */
export async function addErasureCounts(tx: Executor, actorId: string, erased: Partial<ErasureCounts>): Promise<void> {
  const { conversations = 0, messages = 0, drafts = 0, auditEvents = 0, deliveries = 0 } = erased;
  await tx.run(add, { actorId, conversations, messages, drafts, auditEvents, deliveries });
}

/** Locks the erasure of a customer until the transaction ends, and returns it; null if it has ended. */
export async function lockCustomerErasure(tx: Executor, actorId: string): Promise<CustomerErasure | null> {
  const [row] = await tx.run(lock, { actorId });
  return row ? toErasure(row) : null;
}

/**
 * Ends an erasure: writes its line in the audit record, owes `notifier.onCustomerErased`, and deletes the row of
 * `erasures`, the last one that held the customer's id.
 */
export async function endCustomerErasure(
  tx: Executor,
  config: HostModules,
  erasure: CustomerErasure,
): Promise<{ owed: boolean }> {
  const { id, actorId, actor, reason, counts } = erasure;
  const detail = { reason, customer: saltedHash(actorId), ...counts };
  await tx.run(deleteOlderCalls, { actorId });
  const [row] = await tx.run(end, {
    id,
    actorId,
    actor,
    detail,
    payload: { actorId, actor, reason, ...counts },
    hasOnErased: isModuleConfigured(config, 'notifier.onCustomerErased'),
  });
  return { owed: row?.owed ?? false };
}

/**
 * A hash by which somebody who knows a customer's id can check that an audit line is about that customer: `sha256(salt
 * + "\n" + id)`. To others it reveals nothing.
 */
function saltedHash(actorId: string): { salt: string; hash: string } {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: createHash('sha256').update(`${salt}\n${actorId}`).digest('hex') };
}

/** The payload of the `customer_erased` delivery that {@link endCustomerErasure} writes. */
export interface CustomerErasedPayload extends ErasureCounts {
  actorId: string;
  actor: Actor;
  reason: string;
  erasedAt: string;
}

interface EndParams {
  id: string;
  actorId: string;
  actor: Actor;
  detail: Record<string, unknown>;
  payload: Omit<CustomerErasedPayload, 'erasedAt'>;
  hasOnErased: boolean;
}

const begin = declareStatement<{ actorId: string; actor: Actor; reason: string }, ErasureRow>(
  'customer.begin_erasure',
  (s, p) => `
    INSERT INTO ${s}.erasures (actor_id, actor, reason, started_at)
    VALUES (${p.actorId}, ${p.actor}, ${p.reason}, ${s}.clock())
    ON CONFLICT (actor_id) DO UPDATE SET actor_id = excluded.actor_id
    RETURNING *`,
);

const add = declareStatement<ErasureCounts & { actorId: string }>(
  'customer.add_to_erasure',
  (s, p) => `
    UPDATE ${s}.erasures SET
      conversations = conversations + ${p.conversations}::int, messages = messages + ${p.messages}::int,
      drafts = drafts + ${p.drafts}::int, audit_events = audit_events + ${p.auditEvents}::int,
      deliveries = deliveries + ${p.deliveries}::int
    WHERE actor_id = ${p.actorId}`,
);

const lock = declareStatement<{ actorId: string }, ErasureRow>(
  'customer.lock_erasure',
  (s, p) => `SELECT * FROM ${s}.erasures WHERE actor_id = ${p.actorId} FOR UPDATE`,
);

/** Deletes pending and discarded calls about earlier erasures of the customer: the new call replaces them. */
const deleteOlderCalls = declareStatement<{ actorId: string }>(
  'customer.delete_older_calls',
  (s, p) => `
    DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(
      SELECT id FROM ${s}.deliveries
      WHERE topic = 'customer_erased' AND state IN ('pending', 'discarded') AND payload ->> 'actorId' = ${p.actorId}))`,
);

const end = declareStatement<EndParams, { owed: boolean }>(
  'customer.end_erasure',
  (s, p) => `
    WITH erasure AS (
      DELETE FROM ${s}.erasures WHERE actor_id = ${p.actorId} RETURNING id
    ), tombstone AS (${insertAuditLinesSql(s, {
      from: '(SELECT) one',
      at: `${s}.clock()`,
      actor: p.actor,
      action: 'customer.erased',
      conversationId: 'NULL',
      subjectId: p.id,
      detail: p.detail,
    })}
    ), delivery AS (${oweCallsSql(s, {
      topic: 'customer_erased',
      from: `(SELECT) one WHERE ${isCallOwedSql(s, p.hasOnErased, 'notifier.onCustomerErased')}`,
      // The conversation is gone, so the erasure's id stands in its column.
      conversationId: `${p.id}::uuid`,
      key: `${p.id}::uuid`,
      dueAt: `${s}.clock()`,
      createdAt: `${s}.clock()`,
      payload: `${p.payload}::jsonb || jsonb_build_object('erasedAt', ${s}.clock())`,
    })}
      RETURNING id
    )
    SELECT EXISTS (SELECT FROM delivery) AS owed`,
);
