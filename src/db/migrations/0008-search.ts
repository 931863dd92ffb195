import type { Migration } from './migration.js';

/** Code points that stand between words: punctuation, symbols and spaces, as ranges, which mean the same in every locale. */
const separators = [
  // ASCII and Latin-1, but for letters and digits (ª ² ³ µ ¹ º ¼ ½ ¾ among them)
  String.raw`\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7`,
  // Greek, Armenian, Hebrew, Arabic, Devanagari, Thai, Tibetan, Georgian, Ethiopic and Khmer
  String.raw`\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d`,
  String.raw`\u06d4\u06dd\u06de\u0964\u0965\u0970\u0e3f\u0e4f\u0e5a\u0e5b\u0f04-\u0f14\u10fb\u1360-\u1368\u17d4-\u17da`,
  // General punctuation, currencies, letter-like arrows and symbols, CJK punctuation, full-width forms
  String.raw`\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb`,
  String.raw`\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffef\ufff9-\ufffd`,
  // Emoji
  String.raw`\U0001f000-\U0001faff`,
].join('');

/** Code points that are inside words and no part of them: soft hyphen, joiners, marks of direction, variants of a glyph. */
const ignored = String.raw`\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff`;

/**
 * One way to words for what is stored and for what is looked for. The default parser keeps an e-mail address, a host, a
 * number or a file name whole, so that a search for a part of it, or for it in other company, found nothing; and it
 * takes text as it comes, where one letter may be written in two ways. Here every word is a run of letters, digits and
 * their marks in normal form C and lower case, cut at 200 characters.
 *
 * The cost of `search_conversations` does not follow the number of matches: a word that everybody uses gives a part of
 * its matches.
 *
 * The functions are plpgsql, as a database that is not in UTF-8 cannot normalize.
 */
export const search: Migration = {
  name: '0008-search',
  up: (s) => `
    CREATE FUNCTION ${s}.search_words(p_text text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
      plain text := p_text;
    BEGIN
      IF getdatabaseencoding() = 'UTF8' THEN
        plain := normalize(plain, NFC);
      END IF;
      plain := regexp_replace(lower(plain), '[${ignored}]+', '', 'g');
      plain := btrim(regexp_replace(plain, '[${separators}]+', ' ', 'g'));
      IF length(plain) <= 200 THEN
        RETURN string_to_array(plain, ' ');
      END IF;
      RETURN ARRAY(SELECT left(word, 200) FROM unnest(string_to_array(plain, ' ')) word);
    END $$;

    CREATE FUNCTION ${s}.search_vector(p_text text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
      RETURN array_to_tsvector(${s}.search_words(p_text));
    END $$;

    -- All words, the last one as a beginning; null where there is none, which matches nothing.
    CREATE FUNCTION ${s}.search_query(p_text text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
      RETURN nullif('''' || array_to_string(${s}.search_words(p_text), ''' & ''') || ''':*', ''''':*')::tsquery;
    END $$;

    CREATE INDEX conversations_words ON ${s}.conversations
      USING gin (${s}.search_vector(left(coalesce(subject, ''), 1000) || ' ' || left(coalesce(actor_id, ''), 1000)));
    CREATE INDEX messages_words ON ${s}.messages
      USING gin (${s}.search_vector(left(content, 20000))) WHERE role <> 'system';

    CREATE FUNCTION ${s}.search_conversations(p_prefix text, p_search text, p_limit integer)
    RETURNS SETOF uuid LANGUAGE sql STABLE SET gin_fuzzy_search_limit = 2000 AS $$
      (SELECT id FROM ${s}.conversations WHERE actor_id LIKE p_prefix LIMIT p_limit)
      UNION
      (SELECT id FROM ${s}.conversations
        WHERE ${s}.search_vector(left(coalesce(subject, ''), 1000) || ' ' || left(coalesce(actor_id, ''), 1000))
          @@ ${s}.search_query(p_search)
        LIMIT p_limit)
      UNION
      (SELECT conversation_id FROM ${s}.messages
        WHERE role <> 'system' AND ${s}.search_vector(left(content, 20000)) @@ ${s}.search_query(p_search)
        LIMIT p_limit)
    $$;
  `,
  down: (s) => `
    DROP FUNCTION ${s}.search_conversations(text, text, integer);
    DROP INDEX ${s}.messages_words;
    DROP INDEX ${s}.conversations_words;
    DROP FUNCTION ${s}.search_query(text);
    DROP FUNCTION ${s}.search_vector(text);
    DROP FUNCTION ${s}.search_words(text);
  `,
};
