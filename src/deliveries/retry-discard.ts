import { z } from 'zod';
import type { Actor, Delivery } from '../contracts/domain.js';
import type { RetryInput, RetryOrDiscardInput } from '../contracts/inputs.js';
import { readDatabaseTime } from '../db/database-time.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, isId, parseInput } from '../validation/input.js';
import { type DeliveryRow, toDelivery } from './claim.js';
import { getDelivery } from './list.js';
import { isMessageTopic, isMessageTopicSql } from './message-topics.js';
import { releaseNextDeliveryCte } from './ordered-topics.js';
import { isUnclaimedSql, isUnsettledSql } from './sql-conditions.js';

const retryOrDiscardInput = createInputSchema<RetryOrDiscardInput>()({ actor: actorSchema });
const retryInput = createInputSchema<RetryInput>()({
  actor: actorSchema,
  releaseScheduled: z.boolean().optional(),
});

/**
 * Makes a discarded delivery pending again, with its attempts reset and the same `deliveryId`. It is due now, or when
 * it was scheduled for if that is still to come. A delivery that waits for its next attempt becomes due now. A
 * scheduled message keeps its time unless `releaseScheduled` is true; the delivery that is due when a running SLA clock
 * breaches always keeps it. Throws `DELIVERY_NOT_FOUND`, `DELIVERY_NOT_RETRYABLE`, `DELIVERY_SCHEDULED`,
 * `INPUT_INVALID`.
 */
export async function retryDelivery(runtime: Runtime, id: string, input: RetryInput): Promise<Delivery> {
  const { actor, releaseScheduled = false } = parseInput('deliveries.retry', retryInput, input);
  const run = () => runtime.db.run(retry, { id, actor, releaseScheduled });
  const delivery = toDelivery(await change(runtime, id, 'retried', run));
  const { topic, conversationId } = delivery;
  announce(runtime, 'delivery.retried', { topic, deliveryId: id, conversationId, actor });
  return delivery;
}

/**
 * Discards a pending delivery; its message becomes `failed`. Refuses the delivery that is due when a running SLA clock
 * breaches: without it the clock would never breach. Throws as {@link retryDelivery}.
 */
export async function discardDelivery(runtime: Runtime, id: string, input: RetryOrDiscardInput): Promise<Delivery> {
  const { actor } = parseInput('deliveries.discard', retryOrDiscardInput, input);
  const row = await change(runtime, id, 'discarded', () => runtime.db.run(discard, { id, actor }));
  const delivery = toDelivery(row);
  const { topic, conversationId, subjectId: messageId } = delivery;
  announce(runtime, 'delivery.discarded', { topic, deliveryId: id, conversationId, actor });
  if (row.message_failed && isMessageTopic(topic))
    announce(runtime, 'message.settled', { topic, conversationId, messageId, outcome: 'failed' });
  return delivery;
}

/** A retried or discarded delivery. `message_failed`: whether its message became `failed`. */
type ChangedRow = DeliveryRow & { message_failed?: boolean };

async function change(
  runtime: Runtime,
  id: string,
  action: string,
  run: () => Promise<ChangedRow[]>,
): Promise<ChangedRow> {
  const [row] = isId(id) ? await run() : [];
  return row ?? throwNotRetryable(runtime, id, action);
}

async function throwNotRetryable(runtime: Runtime, id: string, action: string): Promise<never> {
  const { state, topic, leaseUntil, availableAt, attempts } = await getDelivery(runtime, id);
  const now = await readDatabaseTime(runtime.db);
  const isHeld = leaseUntil !== null && leaseUntil > now;
  const isScheduled = topic === 'outbound' && state === 'pending' && attempts === 0 && availableAt > now;
  if (isScheduled && !isHeld && action === 'retried')
    throw new CairnloopError('DELIVERY_SCHEDULED', { id, at: availableAt.toISOString() });
  const countdown = state === 'pending' && topic === 'sla_breach' && !isHeld;
  throw new CairnloopError('DELIVERY_NOT_RETRYABLE', {
    id,
    state: state === 'pending' ? 'being called' : state,
    action,
    countdown,
  });
}

/**
 * The SQL condition that a delivery is a countdown: it is due when a running SLA clock breaches, and nobody is to be
 * called yet.
 */
const isCountingDown = (s: string) => `(topic = 'sla_breach' AND attempts = 0 AND available_at > ${s}.clock())`;

/** The SQL condition for an outbound message that is scheduled for later. */
const isScheduled = (s: string) => `(topic = 'outbound' AND attempts = 0 AND available_at > ${s}.clock())`;

/** The SQL condition that excludes deliveries which wait for a running SLA clock to breach. */
export const isNotCountdownSql = (s: string) => `NOT ${isCountingDown(s)}`;

/**
 * A statement that retries the deliveries for which `condition` holds: also makes their messages pending and writes an
 * audit line for each.
 */
export function createDeliveryRetryStatement<Params extends { actor: Actor }>(
  name: string,
  condition: (schema: string, params: StatementPlaceholders<Params>) => string,
): Statement<Params, DeliveryRow> {
  return declareStatement<Params, DeliveryRow>(
    name,
    (s, p) => `
    WITH
    -- A discarded delivery starts with no attempts; one that waits for a running SLA clock to breach keeps its time.
    delivery AS (
      UPDATE ${s}.deliveries SET
        state = 'pending', settled_at = NULL, lease_until = NULL,
        attempts = CASE state WHEN 'discarded' THEN 0 ELSE attempts END, by_hand = false,
        available_at = CASE
          WHEN ${isCountingDown(s)} THEN available_at
          WHEN state = 'discarded' THEN greatest(available_at, ${s}.clock())
          ELSE least(available_at, ${s}.clock()) END
      WHERE ${condition(s, p)}
      RETURNING *
    ),
    message AS (
      UPDATE ${s}.messages m SET status = 'pending', metadata = m.metadata - 'failure'
      FROM delivery WHERE ${isMessageTopicSql('delivery.topic')} AND m.id = delivery.subject_id AND m.status = 'failed'
    ),
    audit AS (${insertAuditLinesSql(s, {
      from: 'delivery',
      at: `${s}.clock()`,
      actor: p.actor,
      action: 'delivery.retried',
      subjectId: 'id',
      detail: `jsonb_build_object('topic', topic)`,
    })}
    )
    SELECT * FROM delivery`,
  );
}

const isIdle = (s: string) => `${isUnsettledSql} AND ${isUnclaimedSql(s)}`;

const retry = createDeliveryRetryStatement<{ id: string; actor: Actor; releaseScheduled: boolean }>(
  'delivery.retry',
  (s, p) => `id = ${p.id} AND (state = 'discarded' OR (${isIdle(s)} AND NOT ${isCountingDown(s)}
    AND (${p.releaseScheduled}::boolean OR NOT ${isScheduled(s)})))`,
);

const discard = declareStatement<{ id: string; actor: Actor }, ChangedRow>(
  'delivery.discard',
  (s, p) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET state = 'discarded', settled_at = ${s}.clock(), lease_until = NULL,
        by_hand = true, payload = CASE topic WHEN 'customer_erased' THEN '{}' ELSE payload END, last_error = CASE
          WHEN topic = 'customer_erased' THEN 'discarded by hand'
          WHEN last_error IS NULL OR last_error LIKE 'discarded by hand%' THEN coalesce(last_error, 'discarded by hand')
          ELSE 'discarded by hand; it had failed with: ' || last_error END
      WHERE id = ${p.id} AND ${isIdle(s)} AND NOT ${isCountingDown(s)}
      RETURNING *
    ),
    -- The message of a discarded delivery has failed.
    message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', delivery.last_error, 'attempts', delivery.attempts))
      FROM delivery WHERE ${isMessageTopicSql('delivery.topic')} AND m.id = delivery.subject_id AND m.status = 'pending'
      RETURNING m.id, m.conversation_id, delivery.topic
    ),
    audit AS (${insertAuditLinesSql(
      s,
      { from: 'message', at: `${s}.clock()`, actor: p.actor, actionSql: `topic || '.failed'`, subjectId: 'id' },
      {
        from: 'delivery',
        at: `${s}.clock()`,
        actor: p.actor,
        action: 'delivery.discarded',
        subjectId: 'id',
        detail: `jsonb_build_object('topic', topic, 'attempts', attempts)`,
      },
    )}
    ), ${releaseNextDeliveryCte(s, 'delivery')}
    SELECT delivery.*, EXISTS (SELECT FROM message) AS message_failed FROM delivery`,
);
