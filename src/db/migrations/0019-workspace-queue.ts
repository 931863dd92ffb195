import type { Migration } from './migration.js';

/**
 * The operators' queue by its newest message, by owner and by tag; and the customer's name and address.
 *
 * `customer` is `{ name?, email? }` as `conversations.open` was given it. Search finds both, so they are part of
 * `conversation_texts`.
 *
 * The queue sorts by the newest message: `updated_at` moves with notes, tags and drafts as well. `conversations_open` and
 * `conversations_unanswered` were in its old order; `conversations_by_status` serves what else they were used for.
 *
 * `conversation_tags` gets what the queue sorts and filters by, so that one tag of a page is one index range.
 */
export const workspaceQueue: Migration = {
  name: '0019-workspace-queue',
  prepare: (s) => [
    ...indexed(s, 'conversations_open_by_message', `(${messageAt} DESC, id DESC) WHERE status = 'open'`),
    ...indexed(
      s,
      'conversations_unanswered_by_message',
      `(${messageAt} DESC, id DESC) WHERE status = 'open' AND unanswered_since IS NOT NULL`,
    ),
    ...indexed(s, 'conversations_resolved_by_message', `(${messageAt} DESC, id DESC) WHERE status = 'resolved'`),
    ...indexed(
      s,
      'conversations_by_owner',
      `((coalesce(assignee ->> 'id', '')), ${messageAt} DESC, id DESC) WHERE status = 'open'`,
    ),
    ...indexed(s, 'conversations_by_priority', `(priority, updated_at DESC, id DESC) WHERE priority <> 'normal'`),
  ],
  up: (s) => `
    DROP INDEX ${s}.conversations_open, ${s}.conversations_unanswered;
    ALTER TABLE ${s}.conversations ADD COLUMN customer jsonb;

    ALTER TABLE ${s}.conversation_tags ADD COLUMN message_at timestamptz(3), ADD COLUMN status text;
    UPDATE ${s}.conversation_tags t SET message_at = coalesce(c.last_message_at, c.created_at), status = c.status
    FROM ${s}.conversations c WHERE c.id = t.conversation_id;
    ALTER TABLE ${s}.conversation_tags ALTER COLUMN message_at SET NOT NULL, ALTER COLUMN status SET NOT NULL;
    CREATE INDEX conversation_tags_by_message
      ON ${s}.conversation_tags (tag, status, message_at DESC, conversation_id DESC);

    CREATE OR REPLACE FUNCTION ${s}.keep_conversation_tags() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.tags = OLD.tags THEN
        UPDATE ${s}.conversation_tags SET updated_at = NEW.updated_at, status = NEW.status,
          message_at = coalesce(NEW.last_message_at, NEW.created_at)
        WHERE conversation_id = NEW.id;
        RETURN NULL;
      END IF;
      DELETE FROM ${s}.conversation_tags WHERE conversation_id = NEW.id;
      INSERT INTO ${s}.conversation_tags (tag, updated_at, message_at, status, conversation_id)
      SELECT DISTINCT unnest(NEW.tags), NEW.updated_at, coalesce(NEW.last_message_at, NEW.created_at), NEW.status, NEW.id;
      RETURN NULL;
    END $$;

    CREATE FUNCTION ${s}.conversation_text(p_subject text, p_actor_id text, p_tags text[], p_customer jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
      RETURN btrim(concat_ws(' ', p_subject, p_actor_id, array_to_string(p_tags, ' '), p_customer ->> 'name',
        p_customer ->> 'email'));
    END $$;
    ${writeTexts(s, 'subject, actor_id, tags, customer')}
    ${updateTrigger(s, ['subject', 'actor_id', 'tags', 'customer'])}
  `,
  down: (s) => `
    ${writeTexts(s, 'subject, actor_id, tags')}
    ${updateTrigger(s, ['subject', 'actor_id', 'tags'])}
    UPDATE ${s}.conversation_texts t SET text = ${s}.conversation_text(c.subject, c.actor_id, c.tags)
    FROM ${s}.conversations c WHERE c.id = t.conversation_id AND c.customer IS NOT NULL;
    DROP FUNCTION ${s}.conversation_text(text, text, text[], jsonb);

    CREATE OR REPLACE FUNCTION ${s}.keep_conversation_tags() RETURNS trigger LANGUAGE plpgsql AS $$
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
    DROP INDEX ${s}.conversation_tags_by_message;
    ALTER TABLE ${s}.conversation_tags DROP COLUMN message_at, DROP COLUMN status;

    ALTER TABLE ${s}.conversations DROP COLUMN customer;
    DROP INDEX ${s}.conversations_open_by_message, ${s}.conversations_unanswered_by_message,
      ${s}.conversations_resolved_by_message, ${s}.conversations_by_owner, ${s}.conversations_by_priority;
    CREATE INDEX conversations_open ON ${s}.conversations (updated_at DESC, id DESC) WHERE status = 'open';
    CREATE INDEX conversations_unanswered ON ${s}.conversations (updated_at DESC, id DESC)
      WHERE status = 'open' AND unanswered_since IS NOT NULL;
  `,
};

/** When the newest message between customer and team came. */
const messageAt = '(coalesce(last_message_at, created_at))';

/** What an interrupted run left behind is not valid, so it is dropped first. */
const indexed = (s: string, name: string, definition: string) => [
  `DROP INDEX CONCURRENTLY IF EXISTS ${s}.${name}`,
  `CREATE INDEX CONCURRENTLY ${name} ON ${s}.conversations ${definition}`,
];

/** The trigger functions of 0011, over these columns. */
const writeTexts = (s: string, columns: string) => `
    CREATE OR REPLACE FUNCTION ${s}.write_conversation_texts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO ${s}.conversation_texts (conversation_id, text)
      SELECT id, text FROM fresh, ${s}.conversation_text(${columns}) text WHERE text <> '';
      RETURN NULL;
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.write_conversation_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        DELETE FROM ${s}.conversation_texts WHERE conversation_id = OLD.id;
      ELSE
        INSERT INTO ${s}.conversation_texts (conversation_id, text)
        VALUES (NEW.id, ${s}.conversation_text(${columns.replace(/\w+/g, 'NEW.$&')}))
        ON CONFLICT (conversation_id) DO UPDATE SET text = EXCLUDED.text;
      END IF;
      RETURN NULL;
    END $$;`;

const updateTrigger = (s: string, columns: string[]) => `
    CREATE OR REPLACE TRIGGER conversation_text_updated AFTER UPDATE OF ${columns.join(', ')} ON ${s}.conversations
      FOR EACH ROW WHEN ((${columns.map((one) => `OLD.${one}`).join(', ')})
        IS DISTINCT FROM (${columns.map((one) => `NEW.${one}`).join(', ')}))
      EXECUTE FUNCTION ${s}.write_conversation_text();`;
