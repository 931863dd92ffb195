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
 *
 * `conversation_tags` is that order by tag, which no index of an array has: triggers keep it, under the conversation's lock.
 * A conversation without tags costs it nothing.
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
    CREATE INDEX conversations_snoozed ON ${s}.conversations (snoozed_until, id) WHERE snoozed_until IS NOT NULL;
    CREATE INDEX conversations_snoozed_by_activity ON ${s}.conversations (updated_at DESC, id DESC)
      WHERE snoozed_until IS NOT NULL;

    CREATE TABLE ${s}.conversation_tags (
      tag text NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      conversation_id uuid NOT NULL REFERENCES ${s}.conversations (id) ON DELETE CASCADE,
      PRIMARY KEY (conversation_id, tag)
    );
    INSERT INTO ${s}.conversation_tags (tag, updated_at, conversation_id)
    SELECT DISTINCT unnest(tags), updated_at, id FROM ${s}.conversations WHERE tags <> '{}';
    CREATE INDEX conversation_tags_by_activity
      ON ${s}.conversation_tags (tag, updated_at DESC, conversation_id DESC);

    CREATE FUNCTION ${s}.keep_conversation_tags() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.tags = OLD.tags THEN
        UPDATE ${s}.conversation_tags SET updated_at = NEW.updated_at WHERE conversation_id = NEW.id;
        RETURN NULL;
      END IF;
      DELETE FROM ${s}.conversation_tags WHERE conversation_id = NEW.id;
      INSERT INTO ${s}.conversation_tags (tag, updated_at, conversation_id)
      SELECT DISTINCT unnest(NEW.tags), NEW.updated_at, NEW.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER tags_opened AFTER INSERT ON ${s}.conversations FOR EACH ROW
      WHEN (NEW.tags <> '{}') EXECUTE FUNCTION ${s}.keep_conversation_tags();
    CREATE TRIGGER tags_changed AFTER UPDATE OF tags, updated_at ON ${s}.conversations FOR EACH ROW
      WHEN (NEW.tags <> '{}' OR OLD.tags <> '{}') EXECUTE FUNCTION ${s}.keep_conversation_tags();

    ALTER TABLE ${s}.slas DROP CONSTRAINT slas_ended_by_check;
    ALTER TABLE ${s}.slas ADD CONSTRAINT slas_ended_by_check
      CHECK (ended_by IN ('answered', 'resolved', 'archived', 'breached', 'tracking_off'));
  `,
  down: (s) => `
    DROP TRIGGER tags_changed ON ${s}.conversations;
    DROP TRIGGER tags_opened ON ${s}.conversations;
    DROP FUNCTION ${s}.keep_conversation_tags();
    DROP TABLE ${s}.conversation_tags;
    UPDATE ${s}.slas SET ended_by = 'resolved' WHERE ended_by = 'archived';
    ALTER TABLE ${s}.slas DROP CONSTRAINT slas_ended_by_check;
    ALTER TABLE ${s}.slas ADD CONSTRAINT slas_ended_by_check
      CHECK (ended_by IN ('answered', 'resolved', 'breached', 'tracking_off'));
    DROP INDEX ${s}.conversations_by_actor, ${s}.conversations_of_customer, ${s}.conversations_by_assignee,
      ${s}.conversations_snoozed, ${s}.conversations_dedupe, ${s}.conversations_snoozed_by_activity;
    CREATE INDEX IF NOT EXISTS conversations_actor ON ${s}.conversations (actor_id text_pattern_ops);
    ALTER TABLE ${s}.conversations DROP COLUMN dedupe_key, DROP COLUMN customer_read_at, DROP COLUMN customer_read_id,
      DROP COLUMN assignee, DROP COLUMN snoozed_until;
  `,
};
