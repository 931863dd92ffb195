import type { DeliveryTopic } from '../contracts/domain.js';

/**
 * A call that is owed to the host, as SQL expressions over the columns of `from`, usually the CTE that made the change.
 */
export interface OwedCall {
  topic: DeliveryTopic;
  /** A FROM clause; one call is owed for each of its rows. */
  from: string;
  /** The id of the conversation. Default `conversation_id`. */
  conversationId?: string;
  /** The id of the message or clock that the call is about. Default `NULL`. */
  subjectId?: string;
  /** The dedupe key of the delivery: unique within its topic. */
  key: string;
  dueAt: string;
  createdAt: string;
  /** Data for the call, a jsonb value. Default `'{}'`. */
  payload?: string;
  /** The `traceparent` of the span that owes the call. Default `NULL`. */
  traceparent?: string;
}

/** The INSERT of owed calls, for use in a CTE: a change and the delivery that it owes commit together. */
export function oweCallsSql(s: string, call: OwedCall): string {
  const { topic, from, conversationId = 'conversation_id', subjectId = 'NULL', key, dueAt, createdAt } = call;
  const { payload = "'{}'", traceparent = 'NULL' } = call;
  return `
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, payload,
        traceparent)
      SELECT '${topic}', ${conversationId}, (${subjectId})::uuid, ${key}, ${dueAt}, ${createdAt}, (${payload})::jsonb,
        (${traceparent})::text
      FROM ${from}`;
}
