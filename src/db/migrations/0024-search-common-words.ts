import { searchConversations, searchIds } from './0011-search-parts.js';
import type { Migration } from './migration.js';

/**
 * A word that many messages hold is not looked for in the index beside a rare one: its entries would be read whole. It is
 * looked for in the texts that the rare one finds. Reason: docs/decisions/0011-search.md.
 */
export const searchCommonWords: Migration = {
  name: '0024-search-common-words',
  worksWithCodeOf: '0022-held-replies',
  up: (s) => [uncommon(s), plan(s), ids(s), conversations(s)].join('\n'),
  down: (s) => `
    DROP FUNCTION ${s}.search_conversations(text, text, integer);
    DROP FUNCTION ${s}.search_ids(text);
    DROP FUNCTION ${s}.search_plan(text);
    DROP FUNCTION ${s}.search_uncommon(text[]);
    ${searchIds(s)}
    ${searchConversations(s)}
  `,
};

/**
 * Words that the statistics of the index do not list as common. All of them where the role may not read the statistics,
 * which only the owner of the index may.
 */
const uncommon = (s: string) => `
    CREATE FUNCTION ${s}.search_uncommon(p_words text[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
    DECLARE
      entries text[];
      shares real[];
    BEGIN
      SELECT st.most_common_elems::text::text[], st.most_common_elem_freqs INTO entries, shares
      FROM pg_catalog.pg_stats st
      WHERE st.tablename = 'messages_parts' AND st.schemaname = (
          SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = '${s.replaceAll("'", "''")}'::regnamespace)
        AND st.most_common_elems IS NOT NULL;
      RETURN ARRAY(
        SELECT word FROM unnest(p_words) word
        WHERE (SELECT coalesce(sum(share), 0) FROM unnest(entries, shares) AS listed (entry, share)
          WHERE starts_with(entry, left(word, 12))) < 0.01);
    END $$;`;

/**
 * What a search looks for in the index, and the words that it then looks for in the texts. To look into a text takes some
 * 30 µs, so common words are left out of the index only where the others find few messages.
 */
const plan = (s: string) => `
    CREATE FUNCTION ${s}.search_plan(p_search text, OUT wanted tsquery, OUT doubts text[]) LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET gin_fuzzy_search_limit = 0 AS $$
    DECLARE
      folded text := ${s}.search_fold(p_search);
      keys text[] := ${s}.search_keys(folded);
      rare text[];
      found integer;
    BEGIN
      wanted := ${s}.search_parts_query(p_search);
      IF cardinality(keys) > 1 THEN
        rare := ${s}.search_uncommon(keys);
        IF cardinality(rare) BETWEEN 1 AND cardinality(keys) - 1 THEN
          SELECT count(*) INTO found FROM (
            SELECT FROM ${s}.searched_texts
            WHERE ${s}.search_parts(text) @@ ${s}.search_parts_query(array_to_string(rare, ' ')) LIMIT 3001
          ) probe;
          IF found <= 3000 THEN
            keys := rare;
            wanted := ${s}.search_parts_query(array_to_string(rare, ' '));
          END IF;
        END IF;
      END IF;
      doubts := ARRAY(
        SELECT word FROM unnest(string_to_array(folded, ' ')) word
        WHERE cardinality(${s}.search_windows(word)) > 1 OR word <> ALL (keys));
    END $$;`;

const ids = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_ids(p_search text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET work_mem = '64MB' AS $$
    DECLARE
      wanted tsquery;
      doubts text[];
    BEGIN
      SELECT p.wanted, p.doubts INTO wanted, doubts FROM ${s}.search_plan(p_search) p;
      RETURN QUERY SELECT conversation_id FROM ${s}.searched_texts
        WHERE ${s}.search_parts(text) @@ wanted AND ${s}.search_holds(text, doubts) IS NOT NULL;
    END $$;`;

/** Takes some of the matches only where the index alone decides: of what is looked for in texts, each must be seen. */
const conversations = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_conversations(p_prefix text, p_search text, p_limit integer)
    RETURNS SETOF uuid LANGUAGE plpgsql STABLE
    SET gin_fuzzy_search_limit = 0 SET enable_seqscan = off SET work_mem = '64MB' AS $$
    DECLARE
      wanted tsquery;
      doubts text[];
    BEGIN
      SELECT p.wanted, p.doubts INTO wanted, doubts FROM ${s}.search_plan(p_search) p;
      IF numnode(wanted) = 1 AND doubts = '{}' THEN
        PERFORM set_config('gin_fuzzy_search_limit', '2000', true);
      END IF;
      RETURN QUERY
        (SELECT id FROM ${s}.conversations WHERE actor_id LIKE p_prefix LIMIT p_limit)
        UNION
        (SELECT conversation_id FROM ${s}.searched_texts
          WHERE ${s}.search_parts(text) @@ wanted AND ${s}.search_holds(text, doubts) IS NOT NULL LIMIT p_limit);
    END $$;`;
