import type { DeliveryTopic } from '../domain.js';
import { isUnsettled } from './unsettled.js';

/** A customer reads answers one after the other: a later one is never called before an earlier one is settled. */
export const inOrderOfWriting: ReadonlySet<DeliveryTopic> = new Set(['reply']);

/** The SQL condition: `d` waits for an earlier delivery of its conversation, as `claim_in_order` has it. */
export const isHeldBack = (s: string, d: string) => `(
  ${d}.topic IN (${[...inOrderOfWriting].map((topic) => `'${topic}'`).join(', ')}) AND EXISTS (
    SELECT FROM ${s}.deliveries earlier
    WHERE earlier.conversation_id = ${d}.conversation_id AND earlier.topic = ${d}.topic
      AND earlier.settled_at IS NULL AND earlier.${isUnsettled}
      AND (earlier.created_at, earlier.id) < (${d}.created_at, ${d}.id)))`;
