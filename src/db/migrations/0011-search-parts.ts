import { search } from './0008-search.js';
import type { Migration } from './migration.js';
import { foldFunction, partsFunction, piecesFunction, queryFunction } from './search-functions.js';

/**
 * Finds any part of a word, in every script, with no extension: docs/search.md says what is found, and
 * docs/decisions/0011-search.md why it is built so.
 */
export const searchParts: Migration = {
  name: '0011-search-parts',
  prepare: (s) => [
    [foldFunction(s), piecesFunction(s), partsFunction(s), queryFunction(s), conversationTexts(s)].join('\n'),
    backfill(s),
    ...indexed(s, 'messages_parts', `USING gin (${s}.search_parts(content)) WHERE ${written}`),
    ...indexed(s, 'messages_of_envelope', `((metadata ->> 'envelopeId')) WHERE ${copied}`),
    // A new index has no statistics, without which the first searches are planned badly.
    `ANALYZE ${s}.messages`,
    `ANALYZE ${s}.conversation_texts`,
  ],
  up: (s) => `
    ${search.down(s)}
    ${searchedTexts(s)}
    ${searchIds(s)}
    ${searchConversations(s)}
  `,
  down: (s) => `
    DROP FUNCTION ${s}.search_conversations(text, text, integer);
    DROP FUNCTION ${s}.search_ids(text);
    DROP VIEW ${s}.searched_texts;
    DROP INDEX ${s}.messages_of_envelope;
    DROP INDEX ${s}.messages_parts;
    DROP INDEX ${s}.bulk_envelopes_parts;
    DROP TRIGGER conversation_text_inserted ON ${s}.conversations;
    DROP TRIGGER conversation_text_updated ON ${s}.conversations;
    DROP TRIGGER conversation_text_deleted ON ${s}.conversations;
    DROP TABLE ${s}.conversation_texts;
    DROP FUNCTION ${s}.write_conversation_text();
    DROP FUNCTION ${s}.write_conversation_texts();
    DROP FUNCTION ${s}.conversation_text(text, text, text[]);
    DROP FUNCTION ${s}.search_holds(text, text[]);
    DROP FUNCTION ${s}.search_doubts(text);
    DROP FUNCTION ${s}.search_parts_query(text);
    DROP FUNCTION ${s}.search_keys(text);
    DROP FUNCTION ${s}.search_parts(text);
    DROP FUNCTION ${s}.search_windows(text);
    DROP FUNCTION ${s}.search_pieces(text);
    DROP FUNCTION ${s}.search_width(text);
    DROP FUNCTION ${s}.search_fold(text);
    ${search.up(s)}
  `,
};

/** Messages that a bulk send made share one text, so that of its envelope is indexed: once, not for each recipient. */
const copied = `role = 'outbound' AND metadata ? 'envelopeId'`;
const written = `role <> 'system' AND NOT (${copied})`;

/** What an interrupted run left behind is not valid, so it is dropped first. */
const indexed = (s: string, name: string, definition: string) => [
  `DROP INDEX CONCURRENTLY IF EXISTS ${s}.${name}`,
  `CREATE INDEX CONCURRENTLY ${name} ON ${s}.messages ${definition}`,
];

const pure = 'IMMUTABLE PARALLEL SAFE';

/**
 * The subject, actor id and tags of each conversation, in a table of its own: an index of `conversations` gets a new entry
 * at every write, as `updated_at` changes, and this one would cost more than the rest of the write.
 */
const conversationTexts = (s: string) => `
    CREATE TABLE IF NOT EXISTS ${s}.conversation_texts (conversation_id uuid PRIMARY KEY, text text NOT NULL);
    CREATE INDEX IF NOT EXISTS bulk_envelopes_parts ON ${s}.bulk_envelopes USING gin (${s}.search_parts(content));
    CREATE INDEX IF NOT EXISTS conversation_texts_parts ON ${s}.conversation_texts USING gin (${s}.search_parts(text));

    CREATE OR REPLACE FUNCTION ${s}.conversation_text(p_subject text, p_actor_id text, p_tags text[]) RETURNS text
    LANGUAGE plpgsql ${pure} AS $$
    BEGIN
      RETURN btrim(concat_ws(' ', p_subject, p_actor_id, array_to_string(p_tags, ' ')));
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.write_conversation_texts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO ${s}.conversation_texts (conversation_id, text)
      SELECT id, text FROM fresh, ${s}.conversation_text(subject, actor_id, tags) text WHERE text <> '';
      RETURN NULL;
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.write_conversation_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        DELETE FROM ${s}.conversation_texts WHERE conversation_id = OLD.id;
      ELSE
        INSERT INTO ${s}.conversation_texts (conversation_id, text)
        VALUES (NEW.id, ${s}.conversation_text(NEW.subject, NEW.actor_id, NEW.tags))
        ON CONFLICT (conversation_id) DO UPDATE SET text = EXCLUDED.text;
      END IF;
      RETURN NULL;
    END $$;

    CREATE OR REPLACE TRIGGER conversation_text_inserted AFTER INSERT ON ${s}.conversations
      REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ${s}.write_conversation_texts();
    CREATE OR REPLACE TRIGGER conversation_text_updated AFTER UPDATE OF subject, actor_id, tags ON ${s}.conversations
      FOR EACH ROW WHEN ((OLD.subject, OLD.actor_id, OLD.tags) IS DISTINCT FROM (NEW.subject, NEW.actor_id, NEW.tags))
      EXECUTE FUNCTION ${s}.write_conversation_text();
    CREATE OR REPLACE TRIGGER conversation_text_deleted AFTER DELETE ON ${s}.conversations
      FOR EACH ROW EXECUTE FUNCTION ${s}.write_conversation_text();`;

/** In batches, each committed; rows that are being deleted are waited for and left out. */
const backfill = (s: string) => `
    DO $$
    DECLARE
      last uuid := '00000000-0000-0000-0000-000000000000';
    BEGIN
      LOOP
        WITH batch AS MATERIALIZED (
          SELECT id, subject, actor_id, tags FROM ${s}.conversations WHERE id > last ORDER BY id LIMIT 5000 FOR KEY SHARE
        ), written AS (
          INSERT INTO ${s}.conversation_texts (conversation_id, text)
          SELECT id, text FROM batch, ${s}.conversation_text(subject, actor_id, tags) text WHERE text <> ''
          ON CONFLICT DO NOTHING
        )
        SELECT max(id::text)::uuid INTO last FROM batch;
        COMMIT;
        EXIT WHEN last IS NULL;
      END LOOP;
    END $$`;

/** Every text that is searched. A condition on the view goes by the index of each table. */
const searchedTexts = (s: string) => `
    CREATE VIEW ${s}.searched_texts AS
      SELECT conversation_id, text FROM ${s}.conversation_texts
      UNION ALL
      SELECT conversation_id, content FROM ${s}.messages WHERE ${written}
      UNION ALL
      SELECT m.conversation_id, e.content FROM ${s}.bulk_envelopes e
      JOIN ${s}.messages m ON m.metadata ->> 'envelopeId' = e.id::text AND m.content = e.content
      WHERE m.role = 'outbound' AND m.metadata ? 'envelopeId';`;

/**
 * All conversations that a search finds. A bitmap that outgrows `work_mem` forgets its rows, and to work out the parts of
 * each row of a table again takes minutes.
 */
export const searchIds = (s: string) => `
    CREATE FUNCTION ${s}.search_ids(p_search text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET work_mem = '64MB' AS $$
    DECLARE
      wanted tsquery := ${s}.search_parts_query(p_search);
      doubts text[] := ${s}.search_doubts(p_search);
    BEGIN
      RETURN QUERY SELECT conversation_id FROM ${s}.searched_texts
        WHERE ${s}.search_parts(text) @@ wanted AND ${s}.search_holds(text, doubts) IS NOT NULL;
    END $$;`;

/**
 * What the workspace finds: conversations whose actor id begins with a text, or that a search finds, at most so many.
 * Where one part is looked for that everybody uses, Postgres takes some of its matches; of several parts it would take
 * each by itself, and find few that hold all.
 */
export const searchConversations = (s: string) => `
    CREATE FUNCTION ${s}.search_conversations(p_prefix text, p_search text, p_limit integer)
    RETURNS SETOF uuid LANGUAGE plpgsql STABLE
    SET gin_fuzzy_search_limit = 0 SET enable_seqscan = off SET work_mem = '64MB' AS $$
    DECLARE
      wanted tsquery := ${s}.search_parts_query(p_search);
      doubts text[] := ${s}.search_doubts(p_search);
    BEGIN
      IF numnode(wanted) = 1 THEN
        PERFORM set_config('gin_fuzzy_search_limit', '2000', true);
      END IF;
      RETURN QUERY
        (SELECT id FROM ${s}.conversations WHERE actor_id LIKE p_prefix LIMIT p_limit)
        UNION
        (SELECT conversation_id FROM ${s}.searched_texts
          WHERE ${s}.search_parts(text) @@ wanted AND ${s}.search_holds(text, doubts) IS NOT NULL LIMIT p_limit);
    END $$;`;
