/**
 * The SQL functions of search: they compute what the index stores of a text, and what a query looks up in the index.
 */
import {
  droppedCharacters,
  letterFoldings,
  separatorCharacters,
  syllabicCharacters,
  twoLetterFoldings,
  unspacedAlphabetCharacters,
} from './search-letters.js';

const pure = 'IMMUTABLE PARALLEL SAFE';

const foldLetters = letterFoldings
  .map(({ from, to }) => `IF plain ~ '[${from}]' THEN plain := translate(plain, '${from}', '${to}'); END IF;`)
  .join('\n          ');
const spellDigraphs = twoLetterFoldings.reduce(
  (text, [letter, spelled]) => `replace(${text}, '${letter}', '${spelled}')`,
  'plain',
);

/**
 * Normalizes a text, so that all spellings of a word become equal: words of letters, digits and their marks, with one
 * space between. Letters beyond ASCII are lower-cased by lists of letters, because `lower` depends on the locale of the
 * database.
 */
export const foldFunction = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_fold(p_text text) RETURNS text LANGUAGE plpgsql ${pure} AS $$
    DECLARE
      plain text COLLATE "C" := left(p_text, 20000);
    BEGIN
      IF octet_length(plain) > length(plain) AND getdatabaseencoding() = 'UTF8' THEN
        plain := regexp_replace(normalize(plain, NFKD), '[${droppedCharacters}]+', '', 'g');
        IF octet_length(plain) > length(plain) THEN
          ${foldLetters}
          IF plain ~ '[${twoLetterFoldings.map(([letter]) => letter).join('')}]' THEN
            plain := ${spellDigraphs};
          END IF;
          plain := normalize(plain, NFC);
        END IF;
      END IF;
      RETURN left(btrim(regexp_replace(lower(plain), '[${separatorCharacters}]+', ' ', 'g')), 20000);
    END $$;`;

/**
 * `search_pieces` splits a normalized text into pieces, each of one kind of script. `search_width` is the length of the
 * substrings that the index stores of a piece, in characters.
 */
export const piecesFunction = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_width(p_piece text) RETURNS integer LANGUAGE plpgsql ${pure} AS $$
    BEGIN
      RETURN CASE
        WHEN p_piece COLLATE "C" ~ '^[${syllabicCharacters}]' THEN 3
        WHEN p_piece COLLATE "C" ~ '^[${unspacedAlphabetCharacters}]' THEN 6
        ELSE 12
      END;
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.search_pieces(p_folded text) RETURNS text[] LANGUAGE plpgsql ${pure} AS $$
    BEGIN
      RETURN string_to_array(
        btrim(regexp_replace(p_folded COLLATE "C", ' *([${syllabicCharacters}]+|[${unspacedAlphabetCharacters}]+) *', ' \\1 ', 'g')), ' ');
    END $$;`;

/**
 * Makes the index entries of a text: every substring of a fixed length in each run of letters of one script. Long runs
 * are cut into stretches first, because `substr` counts from the beginning of its text.
 */
export const partsFunction = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_parts(p_text text) RETURNS tsvector LANGUAGE plpgsql ${pure} COST 1000 AS $$
    DECLARE
      folded text COLLATE "C" := ${s}.search_fold(p_text);
      mixed boolean := octet_length(folded) > length(folded) AND folded ~ '[${syllabicCharacters}${unspacedAlphabetCharacters}]';
      width integer := 12;
      parts text[] := '{}';
      piece text COLLATE "C";
      stretch text COLLATE "C";
    BEGIN
      FOREACH piece IN ARRAY CASE WHEN mixed THEN ${s}.search_pieces(folded) ELSE string_to_array(folded, ' ') END LOOP
        IF mixed THEN
          width := ${s}.search_width(piece);
        END IF;
        FOR start IN 1..length(piece) BY 64 LOOP
          stretch := substr(piece, start, 63 + width);
          FOR place IN 1..least(64, length(stretch)) LOOP
            parts := parts || substr(stretch, place, width);
          END LOOP;
        END LOOP;
      END LOOP;
      RETURN array_to_tsvector(parts);
    END $$;`;

/**
 * Looks a query up in the index. Its words are cut into substrings as long as the index entries, and a text must have
 * all of them. A text may have those of a long word in different places, so `search_doubts` returns such words and
 * `search_holds` looks for them in the text itself.
 */
export const queryFunction = (s: string) => `
    CREATE OR REPLACE FUNCTION ${s}.search_windows(p_folded text) RETURNS text[] LANGUAGE plpgsql ${pure} AS $$
    DECLARE
      windows text[] := '{}';
      piece text COLLATE "C";
      width integer;
    BEGIN
      FOREACH piece IN ARRAY ${s}.search_pieces(p_folded) LOOP
        width := ${s}.search_width(piece);
        FOR start IN 1..length(piece) BY width LOOP
          windows := windows || substr(piece, greatest(1, least(start, length(piece) - width + 1)), width);
        END LOOP;
      END LOOP;
      RETURN windows;
    END $$;

    -- The words of a query to look up in the index: its numbers if it has any, else all words. Few texts have a certain
    -- number, so the other words are then looked for in these texts only. A year is too common to count as a number.
    CREATE OR REPLACE FUNCTION ${s}.search_keys(p_folded text) RETURNS text[] LANGUAGE plpgsql ${pure} AS $$
    DECLARE
      words text[] := string_to_array(p_folded, ' ');
      numbers text[] := ARRAY(
        SELECT word FROM unnest(words) word
        WHERE word COLLATE "C" ~ '[0-9]' AND length(word) > 3 AND word COLLATE "C" !~ '^(19|20)[0-9][0-9]$');
    BEGIN
      RETURN CASE WHEN numbers = '{}' THEN words ELSE numbers END;
    END $$;

    -- Null for a query without a word, which matches nothing.
    CREATE OR REPLACE FUNCTION ${s}.search_parts_query(p_text text) RETURNS tsquery LANGUAGE plpgsql ${pure} AS $$
    DECLARE
      keys text := array_to_string(${s}.search_keys(${s}.search_fold(p_text)), ' ');
    BEGIN
      RETURN nullif('''' || array_to_string(${s}.search_windows(keys), ''':* & ''') || ''':*', ''''':*')::tsquery;
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.search_doubts(p_text text) RETURNS text[] LANGUAGE plpgsql ${pure} AS $$
    DECLARE
      folded text := ${s}.search_fold(p_text);
      keys text[] := ${s}.search_keys(folded);
    BEGIN
      RETURN ARRAY(
        SELECT word FROM unnest(string_to_array(folded, ' ')) word
        WHERE cardinality(${s}.search_windows(word)) > 1 OR word <> ALL (keys));
    END $$;

    -- Whether a text has all the words. Returns null for false, because the planner expects \`IS NOT NULL\` to hold for
    -- nearly all rows but a boolean for a third. Not PARALLEL SAFE: starting parallel workers takes longer than most
    -- searches.
    CREATE OR REPLACE FUNCTION ${s}.search_holds(p_text text, p_words text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE
      folded text COLLATE "C";
      word text COLLATE "C";
    BEGIN
      IF p_words = '{}' THEN
        RETURN true;
      END IF;
      folded := ${s}.search_fold(p_text);
      FOREACH word IN ARRAY p_words LOOP
        IF strpos(folded, word) = 0 THEN
          RETURN NULL;
        END IF;
      END LOOP;
      RETURN true;
    END $$;`;
