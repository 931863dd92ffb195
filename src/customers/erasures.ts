import { createHash, randomBytes } from 'node:crypto';
import type { HostModules } from '../config/config-types.js';
import type { Actor, ErasureCounts } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';

/** A row of `erasures`: an erasure that is under way, with what it has erased so far. */
export interface Erasure {
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

function toErasure(row: ErasureRow): Erasure {
  const { id, actor_id: actorId, actor, reason, conversations, messages, drafts, deliveries } = row;
  return {
    id,
    actorId,
    actor,
    reason,
    counts: { conversations, messages, drafts, auditEvents: row.audit_events, deliveries },
  };
}

/** Begins an erasure, or goes on with the one of this customer that was interrupted, which keeps its actor and reason. */
export async function beginErasure(
  executor: Executor,
  actorId: string,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<Erasure> {
  const [row] = await executor.run<ErasureRow>(begin, [actorId, actor, reason]);
  if (!row) throw new Error('INSERT answered no row');
  return toErasure(row);
}

/** Adds to the counts, in the transaction that erased. An erasure that another call has ended counts no more. */
export async function addToErasure(tx: Executor, actorId: string, erased: Partial<ErasureCounts>): Promise<void> {
  const { conversations = 0, messages = 0, drafts = 0, auditEvents = 0, deliveries = 0 } = erased;
  await tx.run(add, [actorId, conversations, messages, drafts, auditEvents, deliveries]);
}

/** The erasure of a customer, locked until the transaction ends; null once it has ended. */
export async function lockErasure(tx: Executor, actorId: string): Promise<Erasure | null> {
  const [row] = await tx.run<ErasureRow>(lock, [actorId]);
  return row ? toErasure(row) : null;
}

/**
 * Ends an erasure: the tombstone in the audit record, the call that the Notifier is owed, and the mark itself, which was
 * the last to hold the customer's id.
 */
export async function endErasure(tx: Executor, config: HostModules, erasure: Erasure): Promise<{ owed: boolean }> {
  const { id, actorId, actor, reason, counts } = erasure;
  const detail = { reason, customer: saltedHash(actorId), ...counts };
  await tx.run(deleteOlderCalls, [actorId]);
  const [row] = await tx.run<{ owed: boolean }>(end, [
    actorId,
    actor,
    id,
    detail,
    { actorId, actor, reason, ...counts },
    hasModule(config, 'notifier.onCustomerErased'),
  ]);
  return { owed: row?.owed ?? false };
}

/** Shows who knows an id that the line is about that customer: `sha256(salt + "\n" + id)`. It says nothing to others. */
function saltedHash(actorId: string): { salt: string; hash: string } {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: createHash('sha256').update(`${salt}\n${actorId}`).digest('hex') };
}

/** What the Notifier is owed, as {@link endErasure} has written it. */
export interface ErasedPayload extends ErasureCounts {
  actorId: string;
  actor: Actor;
  reason: string;
  erasedAt: string;
}

const begin = statement(
  'customer.begin_erasure',
  (s) => `
    INSERT INTO ${s}.erasures (actor_id, actor, reason, started_at) VALUES ($1, $2, $3, ${s}.clock())
    ON CONFLICT (actor_id) DO UPDATE SET actor_id = excluded.actor_id
    RETURNING *`,
);

const add = statement(
  'customer.add_to_erasure',
  (s) => `
    UPDATE ${s}.erasures SET conversations = conversations + $2::int, messages = messages + $3::int,
      drafts = drafts + $4::int, audit_events = audit_events + $5::int, deliveries = deliveries + $6::int
    WHERE actor_id = $1`,
);

const lock = statement('customer.lock_erasure', (s) => `SELECT * FROM ${s}.erasures WHERE actor_id = $1 FOR UPDATE`);

/** Calls about earlier erasures of the customer that nobody has answered: the new one says the same. */
const deleteOlderCalls = statement(
  'customer.delete_older_calls',
  (s) => `
    DELETE FROM ${s}.deliveries WHERE id = ANY (ARRAY(
      SELECT id FROM ${s}.deliveries
      WHERE topic = 'customer_erased' AND state IN ('pending', 'discarded') AND payload ->> 'actorId' = $1))`,
);

const end = statement(
  'customer.end_erasure',
  (s) => `
    WITH erasure AS (
      DELETE FROM ${s}.erasures WHERE actor_id = $1 RETURNING id
    ), tombstone AS (
      INSERT INTO ${s}.audit_events (at, actor, action, subject_id, detail)
      VALUES (${s}.clock(), $2, 'customer.erased', $3::uuid, $4)
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at)
      SELECT 'customer_erased', $3::uuid, $3::uuid, $5::jsonb || jsonb_build_object('erasedAt', ${s}.clock()), ${s}.clock(), ${s}.clock()
      WHERE ${isOwed(s, '$6', 'notifier.onCustomerErased')}
      RETURNING id
    )
    SELECT EXISTS (SELECT FROM delivery) AS owed`,
);
