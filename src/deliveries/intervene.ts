import { z } from 'zod';
import { type Statement, statement } from '../db/statement.js';
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
  how: Statement,
  by: z.output<typeof actor>,
  action: string,
): Promise<Delivery> {
  const [row] = isId(id) ? await runtime.db.run<DeliveryRow>(how, [by, id]) : [];
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

/** A countdown that has not run out must not be called. */
export const mayBeCalled = (s: string) => `(topic <> 'sla_breach' OR available_at <= ${s}.clock() OR attempts > 0)`;

/** Puts the deliveries of a condition back to work, with their messages, and records each; $1 is the actor. */
export function retryStatement(name: string, condition: (schema: string) => string): Statement {
  return statement(
    name,
    (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET
        state = 'pending', settled_at = NULL, lease_until = NULL,
        attempts = CASE state WHEN 'discarded' THEN 0 ELSE attempts END,
        available_at = least(available_at, ${s}.clock())
      WHERE ${condition(s)}
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'pending', metadata = m.metadata - 'failure'
      FROM delivery WHERE delivery.topic = 'outbound' AND m.id = delivery.subject_id AND m.status = 'failed'
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $1, 'delivery.retried', conversation_id, id, jsonb_build_object('topic', topic) FROM delivery
    )
    SELECT * FROM delivery`,
  );
}

const isIdle = (s: string) => `state = 'pending' AND (lease_until IS NULL OR lease_until <= ${s}.clock())`;

const retry = retryStatement(
  'delivery.retry',
  (s) => `id = $2 AND (state = 'discarded' OR ${isIdle(s)}) AND ${mayBeCalled(s)}`,
);

const discard = statement(
  'delivery.discard',
  (s) => `
    WITH delivery AS (
      UPDATE ${s}.deliveries SET state = 'discarded', settled_at = ${s}.clock(), lease_until = NULL,
        last_error = coalesce(last_error, 'discarded by hand')
      WHERE id = $2 AND ${isIdle(s)}
      RETURNING *
    ), message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', delivery.last_error, 'attempts', delivery.attempts))
      FROM delivery WHERE delivery.topic = 'outbound' AND m.id = delivery.subject_id
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $1, 'delivery.discarded', conversation_id, id,
        jsonb_build_object('topic', topic, 'attempts', attempts)
      FROM delivery
    )
    SELECT * FROM delivery`,
);
