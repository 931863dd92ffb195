import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { declareStatement } from '../db/statement.js';
import { waitsForEarlierDeliverySql } from '../deliveries/ordered-topics.js';
import { createQueueScanThrottle } from '../deliveries/scan-throttle.js';
import { isUnclaimedSql } from '../deliveries/sql-conditions.js';
import type { Runtime } from '../runtime.js';

/** How far ahead timers are set, in milliseconds: further than the next sweep, so that no deadline falls in between. */
const lookAheadMs = 1600;

/**
 * Finds topics with due deliveries that no wake-up announced, and sets a timer for each deadline before the next sweep,
 * so that scheduled deliveries are on time.
 */
export function createDeliverySweep(
  runtime: Runtime,
  isFull: (topic: DeliveryTopic) => boolean,
): { run(): Promise<void>; stop(): void } {
  const look = createQueueScanThrottle(() => performance.now());
  const armed = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function arm(topic: DeliveryTopic, inMs: number): void {
    const key = `${topic}@${Math.round(performance.now() + inMs)}`;
    if (stopped || armed.has(key)) return;
    armed.set(
      key,
      setTimeout(() => {
        armed.delete(key);
        runtime.jobs.wake(topic);
      }, inMs),
    );
  }

  return {
    async run() {
      const open = look.isDue() ? deliveryTopics.filter((topic) => !isFull(topic)) : [];
      const find = () => runtime.db.run(selectDueTopics, { lookAheadMs, open, topics: deliveryTopics });
      for (const { topic, due, deadlines } of await (open.length > 0 ? look.run(find) : find())) {
        if (due) runtime.jobs.wake(topic);
        for (const inMs of deadlines) arm(topic, inMs);
      }
    },
    stop() {
      stopped = true;
      for (const timer of armed.values()) clearTimeout(timer);
      armed.clear();
    },
  };
}

interface SweepRow {
  topic: DeliveryTopic;
  due: boolean;
  /** Milliseconds until the next deliveries of the topic are due, distinct and ascending. */
  deadlines: number[];
}

/**
 * Finds topics with due deliveries. OFFSET 0 makes the planner keep the subquery's order and use its index; otherwise
 * it reads the whole table to find that a topic has nothing due.
 */
export const selectDueTopics = declareStatement<
  { lookAheadMs: number; open: readonly DeliveryTopic[]; topics: readonly DeliveryTopic[] },
  SweepRow
>(
  'delivery.sweep',
  (s, p) => `
    SELECT topic,
      topic = ANY (${p.open}::text[]) AND EXISTS (
        SELECT FROM ${s}.deliveries d
        WHERE d.topic = t.topic AND d.state = 'pending' AND d.available_at <= ${s}.clock()
          AND ${isUnclaimedSql(s)} AND NOT ${waitsForEarlierDeliverySql(s, 'd')}
        ORDER BY d.available_at, d.id OFFSET 0
      ) AS due,
      ARRAY(
        SELECT DISTINCT ceil(extract(epoch FROM soon.available_at - ${s}.clock()) * 1000)::int AS in_ms FROM (
          SELECT d.available_at FROM ${s}.deliveries d
          WHERE d.topic = t.topic AND d.state = 'pending' AND d.available_at > ${s}.clock()
            AND d.available_at <= ${s}.clock() + make_interval(secs => ${p.lookAheadMs}::float8 / 1000)
          ORDER BY d.available_at LIMIT 1000
        ) soon
        ORDER BY in_ms
      ) AS deadlines
    FROM unnest(${p.topics}::text[]) AS t (topic)`,
);
