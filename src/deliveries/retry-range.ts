import { z } from 'zod';
import { type Actor, type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import type { RetryOrDiscardInput, RetryRange } from '../contracts/inputs.js';
import { declareStatement, type StatementPlaceholders } from '../db/statement.js';
import { announce } from '../events/announce.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, moment, parseInput, strictObjectSchema } from '../validation/input.js';
import { createDeliveryRetryStatement, isNotCountdownSql } from './retry-discard.js';

const rangeInput = createInputSchema<RetryRange>()({
  topic: z.enum(deliveryTopics).optional(),
  since: moment().optional(),
});

/** The number of deliveries of each topic; a topic without any is left out. */
export type DeliveryCountsByTopic = Partial<Record<DeliveryTopic, number>>;

/** Counts the deliveries that {@link retryDeliveryRange} would call again now, by topic. Throws `INPUT_INVALID`. */
export async function countRetryableDeliveries(
  { db }: Pick<Runtime, 'db'>,
  range: RetryRange,
): Promise<DeliveryCountsByTopic> {
  const { topic, since } = parseInput('deliveries.countRetryable', rangeInput, range);
  const rows = await db.run(countRange, { topic: topic ?? null, since: since ?? null });
  return Object.fromEntries(rows.map(({ topic, count }) => [topic, count]));
}

/**
 * Retries the discarded deliveries of a range, all or none, and writes an audit line for each. Returns the count by
 * topic. Throws `INPUT_INVALID`.
 */
export async function retryDeliveryRange(
  runtime: Runtime,
  range: RetryRange,
  by: RetryOrDiscardInput,
): Promise<DeliveryCountsByTopic> {
  const { topic, since } = parseInput('deliveries.retryRange', rangeInput, range);
  const { actor: who } = parseInput('deliveries.retryRange', strictObjectSchema({ actor: actorSchema }), by);
  const rows = await runtime.db.run(retryAll, { actor: who, topic: topic ?? null, since: since ?? null });

  for (const { id: deliveryId, topic, conversation_id: conversationId } of rows)
    announce(runtime, 'delivery.retried', { topic, deliveryId, conversationId, actor: who });
  return countTopics(rows);
}

function countTopics(rows: readonly { topic: DeliveryTopic }[]): DeliveryCountsByTopic {
  const counts: DeliveryCountsByTopic = {};
  for (const { topic } of rows) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}

interface RangeParams {
  topic: DeliveryTopic | null;
  since: Date | null;
}

const inRange = (s: string, { topic, since }: StatementPlaceholders<RangeParams>) =>
  `state = 'discarded' AND NOT by_hand AND (${topic}::text IS NULL OR topic = ${topic})
    AND (${since}::timestamptz IS NULL OR settled_at >= ${since}) AND ${isNotCountdownSql(s)}`;

const countRange = declareStatement<RangeParams, { topic: DeliveryTopic; count: number }>(
  'delivery.countRetryable',
  (s, p) => `SELECT topic, count(*)::int AS count FROM ${s}.deliveries WHERE ${inRange(s, p)} GROUP BY topic`,
);

const retryAll = createDeliveryRetryStatement<RangeParams & { actor: Actor }>('delivery.retryRange', inRange);
