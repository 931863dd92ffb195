import { withClient } from '../support/postgres.mjs';

/** A temporary table `sentence (s, t)` of 20 000 sentences, whose words are spread as words are (Zipf). */
export async function makeSentences(client) {
  for (const text of [syllables, vocabulary, everyday, sentences, sentencesKey]) await client.query(text);
}

/** Conversations of two messages each, some 220 characters long. */
export async function seedProse(url, count) {
  await withClient(url, async (client) => {
    await makeSentences(client);
    await client.query(conversations, [count]);
    await client.query(messages);
    await client.query('VACUUM ANALYZE');
  });
}

const syllables = `
  CREATE TEMP TABLE syllable AS
  SELECT n, s FROM unnest('{ba,ke,lo,mir,sta,ren,tu,vel,on,er,ing,ed,pro,con,der,ex,port,ist,ung,heit,al,is,qua,zi,fo,gra}'::text[])
    WITH ORDINALITY AS given (s, n)`;

const vocabulary = `
  CREATE TEMP TABLE word AS
  SELECT g.n, string_agg(s, '' ORDER BY place) AS w
  FROM generate_series(1, 30000) g (n), LATERAL generate_series(1, 1 + abs(hashint4(g.n)) % 4) place, syllable
  WHERE syllable.n = 1 + abs(hashint4(g.n * 7 + place)) % 26 GROUP BY g.n`;

const everyday = `
  INSERT INTO word SELECT 30000 + n, w FROM unnest('{the,order,export,invoice,please,shipping,thank,you,hello,refund}'::text[])
    WITH ORDINALITY AS given (w, n)`;

const sentences = `
  CREATE TEMP TABLE sentence AS
  WITH picked AS (
    SELECT s, place, CASE WHEN random() < 0.15 THEN 30001 + floor(random() * 10)::int
      ELSE ceil(exp(random() * ln(30000.0::float8)))::int END AS n
    FROM generate_series(1, 20000) s, generate_series(1, 14) place)
  SELECT s, string_agg(w, ' ' ORDER BY place) AS t FROM picked JOIN word USING (n) GROUP BY s`;

const sentencesKey = 'CREATE INDEX ON sentence (s)';

const conversations = `
  INSERT INTO cairnloop.conversations (actor_id, subject, tags, created_at, updated_at, last_message_at)
  SELECT 'customer-' || n, 'Order ' || n || ' has not arrived', '{shipping}', at, at, at
  FROM generate_series(1, $1::int) n, LATERAL (SELECT now() - make_interval(secs => n) AS at) t`;

const messages = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  SELECT c.id, CASE k WHEN 1 THEN 'customer' ELSE 'operator' END,
    'About ' || c.actor_id || ': ' || one.t || '. ' || two.t || '.', '{"id": "someone"}', c.created_at
  FROM (SELECT *, row_number() OVER () AS n FROM cairnloop.conversations) c, generate_series(1, 2) k,
    LATERAL (SELECT 1 + abs(hashint8(n * 2 + k)) % 20000 AS s) a, LATERAL (SELECT 1 + abs(hashint8(n * 5 + k + 77)) % 20000 AS s) b,
    sentence one, sentence two
  WHERE one.s = a.s AND two.s = b.s`;
