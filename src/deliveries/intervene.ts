import { z } from 'zod';
import { statement } from '../db/statement.js';
import type { Delivery } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { actor, isId, parseInput } from '../input.js';
import type { Runtime } from '../runtime.js';
import { type DeliveryRow, toDelivery } from './claim.js';
import { getDelivery } from './list.js';

const interveneInput = z.object({ actor });

export type InterveneInput = z.input<typeof interveneInput>;

/**
 * Calls a discarded delivery again, with its attempts counted anew and the same `deliveryId`; a waiting one is called
 * now. Throws `DELIVERY_NOT_FOUND`, `DELIVERY_NOT_RETRYABLE`, `INPUT_INVALID`.
 */
export async function retryDelivery(runtime: Runtime, id: string, input: InterveneInput): Promise<Delivery> {
  const { actor } = parseInput('deliveries.retry', interveneInput, input);
  const delivery = await change(runtime, id, retry, actor, 'retried');
  runtime.jobs.wake(delivery.topic);
  runtime.telemetry.publish('delivery.retried', {}, { topic: delivery.topic, deliveryId: id, actor });
  return delivery;
}

/** Gives a pending delivery up by hand. Throws as {@link retryDelivery}. */
export async function discardDelivery(runtime: Runtime, id: string, input: InterveneInput): Promise<Delivery> {
  const { actor } = parseInput('deliveries.discard', interveneInput, input);
  const delivery = await change(runtime, id, discard, actor, 'discarded');
  runtime.telemetry.publish('delivery.discarded', {}, { topic: delivery.topic, deliveryId: id, actor });
  return delivery;
}

async function change(
  runtime: Runtime,
  id: string,
  how: typeof retry,
  by: z.output<typeof actor>,
  action: string,
): Promise<Delivery> {
  const [row] = isId(id) ? await runtime.db.run<DeliveryRow>(how, [id, by]) : [];
  if (!row) {
    const { state } = await getDelivery(runtime, id);
    throw new CairnloopError('DELIVERY_NOT_RETRYABLE', {
      id,
      state: state === 'pending' ? 'being called' : state,
      action,
    });
  }
  runtime.activity.changed(row.conversation_id);
  return toDelivery(row);
}

const retry = statement(
  'delivery.retry',
  (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET
        state = 'pending', settled_at = NULL, lease_until = NULL,
        attempts = CASE state WHEN 'discarded' THEN 0 ELSE attempts END,
        available_at = least(available_at, ${s}.clock())
      WHERE id = $1 AND (state = 'discarded' OR state = 'pending' AND (lease_until IS NULL OR lease_until <= ${s}.clock()))
        AND (topic <> 'sla_breach' OR available_at <= ${s}.clock() OR attempts > 0)
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'pending', metadata = m.metadata - 'failure'
      FROM delivery WHERE delivery.topic = 'outbound' AND m.id = delivery.subject_id AND m.status = 'failed'
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $2, 'delivery.retried', conversation_id, id, jsonb_build_object('topic', topic) FROM delivery
    )
    SELECT * FROM delivery`,
);

const discard = statement(
  'delivery.discard',
  (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET state = 'discarded', settled_at = ${s}.clock(), lease_until = NULL,
        last_error = coalesce(last_error, 'discarded by hand')
      WHERE id = $1 AND state = 'pending' AND (lease_until IS NULL OR lease_until <= ${s}.clock())
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', delivery.last_error, 'attempts', delivery.attempts))
      FROM delivery WHERE delivery.topic = 'outbound' AND m.id = delivery.subject_id
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $2, 'delivery.discarded', conversation_id, id,
        jsonb_build_object('topic', topic, 'attempts', attempts)
      FROM delivery
    )
    SELECT * FROM delivery`,
);
