import type { DeliveryTopic } from '../contracts/domain.js';

/**
 * A call that is owed to the host, in SQL. Columns are of `from`, usually the part of the statement that made the
 * change.
 */
export interface OwedCall {
  topic: DeliveryTopic;
  /** A FROM clause; one call is owed for each of its rows. */
  from: string;
  /** Default `conversation_id`. */
  conversationId?: string;
  /** The message or clock that it is about. Default `NULL`. */
  subjectId?: string;
  /** Names the call: no topic has two deliveries with the same key. */
  key: string;
  dueAt: string;
  createdAt: string;
  /** A jsonb value. Default `'{}'`. */
  payload?: string;
  /** The span that owes it. Default `NULL`. */
  traceparent?: string;
}

/** The INSERT of owed calls, for a part of a statement: the change and the delivery it owes commit together. */
export function owe(s: string, call: OwedCall): string {
  const { topic, from, conversationId = 'conversation_id', subjectId = 'NULL', key, dueAt, createdAt } = call;
  const { payload = "'{}'", traceparent = 'NULL' } = call;
  return `
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, payload,
        traceparent)
      SELECT '${topic}', ${conversationId}, (${subjectId})::uuid, ${key}, ${dueAt}, ${createdAt}, (${payload})::jsonb,
        (${traceparent})::text
      FROM ${from}`;
}
