import type { DeliveryTopic } from '../contracts/domain.js';
import { isUnsettled } from './sql-conditions.js';

/** Topics that are called in the order of writing. Reason: docs/decisions/0013-order-of-replies.md. */
export const inOrderOfWriting: ReadonlySet<DeliveryTopic> = new Set(['reply']);

/** The SQL condition: `d` waits for an earlier delivery of its conversation, as `claim_in_order` has it. */
export const isHeldBack = (s: string, d: string) => `(
  ${d}.topic IN (${[...inOrderOfWriting].map((topic) => `'${topic}'`).join(', ')}) AND EXISTS (
    SELECT FROM ${s}.deliveries earlier
    WHERE earlier.conversation_id = ${d}.conversation_id AND earlier.topic = ${d}.topic
      AND earlier.settled_at IS NULL AND earlier.${isUnsettled}
      AND (earlier.created_at, earlier.id) < (${d}.created_at, ${d}.id)))`;
