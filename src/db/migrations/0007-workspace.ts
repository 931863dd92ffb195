import type { Migration } from './migration.js';

/**
 * What the operator workspace asks for beyond the domain's tables: drafts that wait, newest first; a search whose cost
 * does not follow the number of matches (a word that everybody uses gives a part of its matches); and the secret that
 * its forms are signed with, the same for every process.
 */
export const workspace: Migration = {
  name: '0007-workspace',
  up: (s) => `
    CREATE INDEX drafts_pending ON ${s}.drafts (id DESC) WHERE status = 'pending';

    CREATE FUNCTION ${s}.search_conversations(p_prefix text, p_words text, p_phrase text, p_limit integer)
    RETURNS SETOF uuid LANGUAGE sql STABLE SET gin_fuzzy_search_limit = 2000 AS $$
      (SELECT id FROM ${s}.conversations WHERE actor_id LIKE p_prefix LIMIT p_limit)
      UNION
      (SELECT id FROM ${s}.conversations
        WHERE to_tsvector('simple', left(coalesce(subject, ''), 1000) || ' ' || left(coalesce(actor_id, ''), 1000))
          @@ (to_tsquery('simple', p_words) || plainto_tsquery('simple', p_phrase))
        LIMIT p_limit)
      UNION
      (SELECT conversation_id FROM ${s}.messages
        WHERE role <> 'system' AND to_tsvector('simple', left(content, 20000))
          @@ (to_tsquery('simple', p_words) || plainto_tsquery('simple', p_phrase))
        LIMIT p_limit)
    $$;

    CREATE TABLE ${s}.workspace_secret (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      secret text NOT NULL
    );
    INSERT INTO ${s}.workspace_secret (secret) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
  `,
  down: (s) => `
    DROP TABLE ${s}.workspace_secret;
    DROP FUNCTION ${s}.search_conversations(text, text, text, integer);
    DROP INDEX ${s}.drafts_pending;
  `,
};
