import type { DeliveryTopic } from '../contracts/domain.js';
import { isUnsettledSql } from './sql-conditions.js';

/**
 * Topics whose deliveries are made in the order in which they were written, per conversation. Reason:
 * docs/decisions/0013-order-of-replies.md.
 */
export const topicsDeliveredInOrder: ReadonlySet<DeliveryTopic> = new Set(['reply']);

const topicList = [...topicsDeliveredInOrder].map((topic) => `'${topic}'`).join(', ');

/**
 * The SQL condition that delivery `d` waits for an earlier one of its conversation; the same rule as in the SQL
 * function `claim_in_order`.
 */
export const waitsForEarlierDeliverySql = (s: string, d: string) => `(
  ${d}.topic IN (${topicList}) AND EXISTS (
    SELECT FROM ${s}.deliveries earlier
    WHERE earlier.conversation_id = ${d}.conversation_id AND earlier.topic = ${d}.topic
      AND earlier.settled_at IS NULL AND earlier.${isUnsettledSql}
      AND (earlier.created_at, earlier.id) < (${d}.created_at, ${d}.id)))`;

/**
 * A CTE that makes the next delivery of a conversation due at once, which `claim_in_order` has put off until the one
 * before it is settled. `settled` names the CTE of settled deliveries, with `topic`, `state`, `conversation_id` and
 * `id`.
 */
export const releaseNextDeliveryCte = (s: string, settled: string) => `next AS (
      UPDATE ${s}.deliveries d SET available_at = ${s}.clock() WHERE d.id = ANY (ARRAY(
        SELECT held.id FROM ${settled} CROSS JOIN LATERAL (
          SELECT n.id FROM ${s}.deliveries n
          WHERE n.conversation_id = ${settled}.conversation_id AND n.topic = ${settled}.topic AND n.id <> ${settled}.id
            AND n.settled_at IS NULL AND n.${isUnsettledSql} AND n.available_at > ${s}.clock()
            AND n.attempts = 0 AND n.lease_until IS NULL
          ORDER BY n.created_at, n.id LIMIT 1
          FOR NO KEY UPDATE SKIP LOCKED
        ) held
        WHERE ${settled}.topic IN (${topicList}) AND ${settled}.state <> 'pending'))
    )`;
