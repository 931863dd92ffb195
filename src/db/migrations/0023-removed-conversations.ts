import type { Migration } from './migration.js';

/**
 * Conversations that are gone: the audit record finds by an index which ones a customer had opened, and what retention
 * leaves of one (`conversation_shapes`) holds the times that reports count. Older shapes get them as far as they know.
 */
export const removedConversations: Migration = {
  name: '0023-removed-conversations',
  worksWithCodeOf: '0022-held-replies',
  prepare: (s) => [
    `DROP INDEX CONCURRENTLY IF EXISTS ${s}.audit_events_opened_by`,
    `CREATE INDEX CONCURRENTLY audit_events_opened_by ON ${s}.audit_events ((actor ->> 'id'))
      WHERE action = 'conversation.opened'`,
  ],
  up: (s) => `
    ALTER TABLE ${s}.conversation_shapes
      ADD COLUMN changed_at timestamptz(3),
      ADD COLUMN asked_at timestamptz(3),
      ADD COLUMN answered_at timestamptz(3),
      ADD COLUMN clocks jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN drafts_made jsonb NOT NULL DEFAULT '[]';
    UPDATE ${s}.conversation_shapes SET
      changed_at = coalesce(resolved_at, removed_at),
      asked_at = CASE WHEN customer_messages > 0 THEN opened_at END,
      answered_at = CASE WHEN customer_messages > 0 THEN first_reply_at END,
      clocks = (
        SELECT coalesce(jsonb_agg(jsonb_build_object('at', opened_at, 'outcome', outcome)), '[]') FROM (
          SELECT 'met' FROM generate_series(1, slas_fulfilled)
          UNION ALL
          SELECT 'breached' FROM generate_series(1, slas_breached)
        ) clock (outcome));
    CREATE INDEX conversation_shapes_by_change ON ${s}.conversation_shapes ((coalesce(changed_at, removed_at)));
  `,
  down: (s) => `
    DROP INDEX ${s}.conversation_shapes_by_change;
    ALTER TABLE ${s}.conversation_shapes
      DROP COLUMN changed_at, DROP COLUMN asked_at, DROP COLUMN answered_at, DROP COLUMN clocks, DROP COLUMN drafts_made;
    DROP INDEX ${s}.audit_events_opened_by;
  `,
};
