import type { Migration } from './migration.js';

/**
 * Since when a conversation waits for an answer that is late: `breach_at` of the clock that was breached. It is written
 * with the breach and never taken back: once the conversation is answered, `unanswered_since` is null or later, so the
 * index holds those that wait still, and the queue can show them first without a look at every clock that ever broke.
 */
export const queueOrder: Migration = {
  name: '0009-queue-order',
  up: (s) => `
    ALTER TABLE ${s}.conversations ADD COLUMN overdue_since timestamptz(3);
    UPDATE ${s}.conversations c SET overdue_since = newest.breach_at
    FROM (
      SELECT DISTINCT ON (conversation_id) conversation_id, status, breach_at FROM ${s}.slas
      ORDER BY conversation_id, started_at DESC
    ) newest
    WHERE newest.conversation_id = c.id AND newest.status = 'breached'
      AND c.status = 'open' AND c.unanswered_since IS NOT NULL;
    CREATE INDEX conversations_overdue ON ${s}.conversations (overdue_since, id)
      WHERE status = 'open' AND overdue_since > unanswered_since;
  `,
  down: (s) => `ALTER TABLE ${s}.conversations DROP COLUMN overdue_since;`,
};
