import { z } from 'zod';
import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import type { InterveneInput, RetryRange } from '../contracts/inputs.js';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { actor, only, parseInput, schemaOf } from '../validation/input.js';
import type { DeliveryRow } from './claim.js';
import { mayBeCalled, retryStatement } from './retry-discard.js';

const rangeInput = schemaOf<RetryRange>()({ topic: z.enum(deliveryTopics).optional(), since: z.date().optional() });

/** How many deliveries of each topic; a topic without any is left out. */
export type TopicCounts = Partial<Record<DeliveryTopic, number>>;

/** How many deliveries {@link retryRange} would call again now. Throws `INPUT_INVALID`. */
export async function countRetryable({ db }: Pick<Runtime, 'db'>, range: RetryRange): Promise<TopicCounts> {
  const { topic, since } = parseInput('deliveries.countRetryable', rangeInput, range);
  const rows = await db.run<{ topic: DeliveryTopic; count: number }>(countRange, [topic ?? null, since ?? null]);
  return Object.fromEntries(rows.map(({ topic, count }) => [topic, count]));
}

/** Retries discarded deliveries, all or none, and records each. Returns the count by topic. Throws `INPUT_INVALID`. */
export async function retryRange(runtime: Runtime, range: RetryRange, by: InterveneInput): Promise<TopicCounts> {
  const { topic, since } = parseInput('deliveries.retryRange', rangeInput, range);
  const { actor: who } = parseInput('deliveries.retryRange', only({ actor }), by);
  const rows = await runtime.db.run<DeliveryRow>(retryAll, [who, topic ?? null, since ?? null]);
  const counts = countTopics(rows);
  for (const topic of deliveryTopics) if (counts[topic]) runtime.jobs.wake(topic);
  for (const { id, topic, conversation_id } of rows) {
    runtime.changeFeed.changed(conversation_id);
    runtime.telemetry.publish('delivery.retried', {}, { topic, deliveryId: id, actor: who });
  }
  return counts;
}

function countTopics(rows: readonly { topic: DeliveryTopic }[]): TopicCounts {
  const counts: TopicCounts = {};
  for (const { topic } of rows) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}

const inRange = (s: string, topic: string, since: string) =>
  `state = 'discarded' AND NOT by_hand AND (${topic}::text IS NULL OR topic = ${topic})
    AND (${since}::timestamptz IS NULL OR settled_at >= ${since}) AND ${mayBeCalled(s)}`;

const countRange = statement(
  'delivery.countRetryable',
  (s) => `SELECT topic, count(*)::int AS count FROM ${s}.deliveries WHERE ${inRange(s, '$1', '$2')} GROUP BY topic`,
);

const retryAll = retryStatement('delivery.retryRange', (s) => inRange(s, '$2', '$3'));
