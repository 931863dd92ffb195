import type { Migration } from './migration.js';

/**
 * Conversations that are opened once per key, change after they were opened, and are read by their customer.
 *
 * `dedupe_key` is a hash of the customer and the key of `conversations.open`. `customer_read_*` is the position of the
 * newest message that the customer has read; no index holds it, so that reading updates the row in place (HOT).
 *
 * `conversations_by_actor` replaces `conversations_actor`: it also finds the beginning of an actor id. `conversations_of_customer`
 * orders by what the customer sees; `updated_at` moves with notes and drafts as well. Every other index follows
 * `updated_at`, the order of `conversations.list`.
 */
export const conversationsChange: Migration = {
  name: '0014-conversations-change',
  up: (s) => `
    ALTER TABLE ${s}.conversations
      ADD COLUMN dedupe_key text,
      ADD COLUMN customer_read_at timestamptz(3),
      ADD COLUMN customer_read_id uuid,
      ADD COLUMN assignee jsonb,
      ADD COLUMN snoozed_until timestamptz(3);
    CREATE UNIQUE INDEX conversations_dedupe ON ${s}.conversations (dedupe_key) WHERE dedupe_key IS NOT NULL;
    DROP INDEX IF EXISTS ${s}.conversations_actor;
    CREATE INDEX conversations_by_actor ON ${s}.conversations (actor_id text_pattern_ops, updated_at DESC, id DESC)
      WHERE actor_id IS NOT NULL;
    CREATE INDEX conversations_of_customer
      ON ${s}.conversations (actor_id, (coalesce(last_message_at, created_at)) DESC, id DESC) WHERE actor_id IS NOT NULL;
    CREATE INDEX conversations_by_assignee
      ON ${s}.conversations ((coalesce(assignee ->> 'id', '')), updated_at DESC, id DESC);
    CREATE INDEX conversations_by_tag ON ${s}.conversations USING gin (tags) WHERE tags <> '{}';
    CREATE INDEX conversations_snoozed ON ${s}.conversations (snoozed_until, id) WHERE snoozed_until IS NOT NULL;
    CREATE INDEX conversations_snoozed_by_activity ON ${s}.conversations (updated_at DESC, id DESC)
      WHERE snoozed_until IS NOT NULL;
    CREATE INDEX messages_outbound_sent ON ${s}.messages (conversation_id, sent_at)
      WHERE role = 'outbound' AND status = 'sent';

    ALTER TABLE ${s}.slas DROP CONSTRAINT slas_ended_by_check;
    ALTER TABLE ${s}.slas ADD CONSTRAINT slas_ended_by_check
      CHECK (ended_by IN ('answered', 'resolved', 'archived', 'breached', 'tracking_off'));
  `,
  down: (s) => `
    UPDATE ${s}.slas SET ended_by = 'resolved' WHERE ended_by = 'archived';
    ALTER TABLE ${s}.slas DROP CONSTRAINT slas_ended_by_check;
    ALTER TABLE ${s}.slas ADD CONSTRAINT slas_ended_by_check
      CHECK (ended_by IN ('answered', 'resolved', 'breached', 'tracking_off'));
    DROP INDEX ${s}.conversations_by_actor, ${s}.conversations_of_customer, ${s}.conversations_by_assignee,
      ${s}.conversations_by_tag, ${s}.conversations_snoozed, ${s}.conversations_dedupe, ${s}.conversations_snoozed_by_activity,
      ${s}.messages_outbound_sent;
    CREATE INDEX IF NOT EXISTS conversations_actor ON ${s}.conversations (actor_id text_pattern_ops);
    ALTER TABLE ${s}.conversations DROP COLUMN dedupe_key, DROP COLUMN customer_read_at, DROP COLUMN customer_read_id,
      DROP COLUMN assignee, DROP COLUMN snoozed_until;
  `,
};
