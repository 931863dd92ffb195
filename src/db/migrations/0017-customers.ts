import type { Migration } from './migration.js';

/**
 * Customers who are erased, and conversations that are removed after their retention.
 *
 * `erasures` holds what is under way, so that an erasure which was interrupted is finished by the next call; its row,
 * the last one with the customer's id, goes with the end. `conversation_shapes` holds counts and times of removed
 * conversations, and no text. A refused bulk send has no recipients, so its content would be found by no erasure.
 */
export const customers: Migration = {
  name: '0017-customers',
  prepare: (s) => [
    `DROP INDEX CONCURRENTLY IF EXISTS ${s}.conversations_closed`,
    `CREATE INDEX CONCURRENTLY conversations_closed ON ${s}.conversations ((coalesce(resolved_at, updated_at)), id)
      WHERE status <> 'open'`,
    `DROP INDEX CONCURRENTLY IF EXISTS ${s}.deliveries_discarded_of_conversation`,
    `CREATE INDEX CONCURRENTLY deliveries_discarded_of_conversation ON ${s}.deliveries (conversation_id)
      WHERE state = 'discarded'`,
    `DROP INDEX CONCURRENTLY IF EXISTS ${s}.audit_events_of_subject`,
    `CREATE INDEX CONCURRENTLY audit_events_of_subject ON ${s}.audit_events (subject_id) WHERE conversation_id IS NULL`,
  ],
  up: (s) => `
    ALTER TABLE ${s}.deliveries DROP CONSTRAINT deliveries_topic_check;
    ALTER TABLE ${s}.deliveries ADD CONSTRAINT deliveries_topic_check
      CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft', 'reply', 'customer_erased')) NOT VALID;

    CREATE TABLE ${s}.erasures (
      actor_id text PRIMARY KEY,
      id uuid NOT NULL DEFAULT ${s}.time_id(),
      actor jsonb NOT NULL,
      reason text NOT NULL,
      started_at timestamptz(3) NOT NULL,
      conversations integer NOT NULL DEFAULT 0,
      messages integer NOT NULL DEFAULT 0,
      drafts integer NOT NULL DEFAULT 0,
      audit_events integer NOT NULL DEFAULT 0,
      deliveries integer NOT NULL DEFAULT 0
    );

    CREATE TABLE ${s}.conversation_shapes (
      conversation_id uuid PRIMARY KEY,
      opened_at timestamptz(3) NOT NULL,
      first_reply_at timestamptz(3),
      resolved_at timestamptz(3),
      removed_at timestamptz(3) NOT NULL,
      resolutions integer NOT NULL,
      customer_messages integer NOT NULL,
      operator_messages integer NOT NULL,
      automation_messages integer NOT NULL,
      outbound_messages integer NOT NULL,
      notes integer NOT NULL,
      drafts integer NOT NULL,
      slas_fulfilled integer NOT NULL,
      slas_breached integer NOT NULL,
      csat_rating text CHECK (csat_rating IN ('positive', 'negative'))
    );
    CREATE INDEX conversation_shapes_by_opening ON ${s}.conversation_shapes (opened_at, conversation_id);

    UPDATE ${s}.bulk_envelopes SET content = '' WHERE refusal IS NOT NULL;
  `,
  down: (s) => `
    DROP TABLE ${s}.conversation_shapes;
    DROP TABLE ${s}.erasures;
    DROP INDEX ${s}.conversations_closed;
    DROP INDEX ${s}.deliveries_discarded_of_conversation;
    DROP INDEX ${s}.audit_events_of_subject;
    DELETE FROM ${s}.deliveries WHERE topic = 'customer_erased';
    ALTER TABLE ${s}.deliveries DROP CONSTRAINT deliveries_topic_check;
    ALTER TABLE ${s}.deliveries ADD CONSTRAINT deliveries_topic_check
      CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft', 'reply'));
  `,
};
