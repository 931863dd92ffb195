import { z } from 'zod';
import type { Delivery } from '../contracts/domain.js';
import type { InterveneInput, RetryInput } from '../contracts/inputs.js';
import { databaseTime } from '../db/database-time.js';
import { type Statement, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, parseInput, schemaOf } from '../validation/input.js';
import { type DeliveryRow, toDelivery } from './claim.js';
import { getDelivery } from './list.js';
import { afterMessageFailed } from './message-failed.js';
import { carriesMessage, isMessageTopic } from './message-topics.js';
import { releaseNext } from './ordered-topics.js';
import { isFree, isUnsettled } from './sql-conditions.js';

const interveneInput = schemaOf<InterveneInput>()({ actor });
const retryInput = schemaOf<RetryInput>()({
  actor,
  releaseScheduled: z.boolean().optional(),
});

/**
 * Calls a discarded delivery again, with its attempts counted anew and the same `deliveryId`: from now on, or when it was
 * scheduled for if that is still to come. A waiting one is called now. The countdown of a clock that still runs goes on
 * waiting for its time, and so does a scheduled message unless `releaseScheduled` says otherwise. Throws
 * `DELIVERY_NOT_FOUND`, `DELIVERY_NOT_RETRYABLE`, `DELIVERY_SCHEDULED`, `INPUT_INVALID`.
 */
export async function retryDelivery(runtime: Runtime, id: string, input: RetryInput): Promise<Delivery> {
  const { actor, releaseScheduled = false } = parseInput('deliveries.retry', retryInput, input);
  const delivery = toDelivery(await change(runtime, id, retry, [actor, id, releaseScheduled], 'retried'));
  runtime.jobs.wake(delivery.topic);
  runtime.telemetry.publish('delivery.retried', {}, { topic: delivery.topic, deliveryId: id, actor });
  return delivery;
}

/**
 * Discards a pending delivery; its message becomes `failed`. The countdown of a running clock is refused: the clock
 * would never breach. Throws as {@link retryDelivery}.
 */
export async function discardDelivery(runtime: Runtime, id: string, input: InterveneInput): Promise<Delivery> {
  const { actor } = parseInput('deliveries.discard', interveneInput, input);
  const row = await change(runtime, id, discard, [actor, id], 'discarded');
  const delivery = toDelivery(row);
  runtime.telemetry.publish('delivery.discarded', {}, { topic: delivery.topic, deliveryId: id, actor });
  const { topic, conversationId, subjectId: messageId } = delivery;
  if (row.message_failed && messageId && isMessageTopic(topic))
    afterMessageFailed(runtime, topic, { conversationId, messageId });
  return delivery;
}

/** `message_failed`: its message became `failed`. */
type ChangedRow = DeliveryRow & { message_failed?: boolean };

async function change(
  runtime: Runtime,
  id: string,
  how: Statement,
  values: unknown[],
  action: string,
): Promise<ChangedRow> {
  const [row] = isId(id) ? await runtime.db.run<ChangedRow>(how, values) : [];
  if (!row) return refuse(runtime, id, action);
  runtime.changeFeed.changed(row.conversation_id);
  return row;
}

async function refuse(runtime: Runtime, id: string, action: string): Promise<never> {
  const { state, topic, leaseUntil, availableAt, attempts } = await getDelivery(runtime, id);
  const now = await databaseTime(runtime.db);
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

/** The countdown of a running clock: nobody is to be called yet. */
const isCountingDown = (s: string) => `(topic = 'sla_breach' AND attempts = 0 AND available_at > ${s}.clock())`;

/** A message scheduled for later. */
const isScheduled = (s: string) => `(topic = 'outbound' AND attempts = 0 AND available_at > ${s}.clock())`;

/** A range contains no countdown that has not run out. */
export const mayBeCalled = (s: string) => `NOT ${isCountingDown(s)}`;

/** Retries the deliveries of a condition with their messages, and records each; $1 is the actor. */
export function retryStatement(name: string, condition: (schema: string) => string): Statement {
  return statement(
    name,
    (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET
        state = 'pending', settled_at = NULL, lease_until = NULL,
        attempts = CASE state WHEN 'discarded' THEN 0 ELSE attempts END, by_hand = false,
        available_at = CASE
          WHEN ${isCountingDown(s)} THEN available_at
          WHEN state = 'discarded' THEN greatest(available_at, ${s}.clock())
          ELSE least(available_at, ${s}.clock()) END
      WHERE ${condition(s)}
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'pending', metadata = m.metadata - 'failure'
      FROM delivery WHERE ${carriesMessage('delivery.topic')} AND m.id = delivery.subject_id AND m.status = 'failed'
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $1, 'delivery.retried', conversation_id, id, jsonb_build_object('topic', topic) FROM delivery
    )
    SELECT * FROM delivery`,
  );
}

const isIdle = (s: string) => `${isUnsettled} AND ${isFree(s)}`;

const retry = retryStatement(
  'delivery.retry',
  (s) => `id = $2 AND (state = 'discarded' OR (${isIdle(s)} AND NOT ${isCountingDown(s)}
    AND ($3::boolean OR NOT ${isScheduled(s)})))`,
);

const discard = statement(
  'delivery.discard',
  (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET state = 'discarded', settled_at = ${s}.clock(), lease_until = NULL,
        by_hand = true, payload = CASE topic WHEN 'customer_erased' THEN '{}' ELSE payload END, last_error = CASE
          WHEN topic = 'customer_erased' THEN 'discarded by hand'
          WHEN last_error IS NULL OR last_error LIKE 'discarded by hand%' THEN coalesce(last_error, 'discarded by hand')
          ELSE 'discarded by hand; it had failed with: ' || last_error END
      WHERE id = $2 AND ${isIdle(s)} AND NOT ${isCountingDown(s)}
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', delivery.last_error, 'attempts', delivery.attempts))
      FROM delivery WHERE ${carriesMessage('delivery.topic')} AND m.id = delivery.subject_id AND m.status = 'pending'
      RETURNING m.id, m.conversation_id, delivery.topic
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $1::jsonb, topic || '.failed', conversation_id, id, '{}'::jsonb FROM message
      UNION ALL
      SELECT ${s}.clock(), $1, 'delivery.discarded', conversation_id, id,
        jsonb_build_object('topic', topic, 'attempts', attempts)
      FROM delivery
    ), ${releaseNext(s, 'delivery')}
    SELECT delivery.*, EXISTS (SELECT FROM message) AS message_failed FROM delivery`,
);
