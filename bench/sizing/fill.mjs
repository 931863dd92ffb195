import { makeSentences } from '../search/seed-prose.mjs';
import { withClient } from '../support/postgres.mjs';

/** Resolved conversations of four messages of some 220 characters, each with a reply and a resolution delivered. */
export async function fill(url, count) {
  await withClient(url, async (client) => {
    await makeSentences(client);
    for (const text of [conversations, messages, deliveries, auditEvents])
      await client.query(text, text === conversations ? [count] : []);
  });
}

const conversations = `
  INSERT INTO cairnloop.conversations (actor_id, subject, status, resolved_at, resolved_by, created_at, updated_at, last_message_at)
  SELECT 'customer-' || n, 'Question ' || n || ' about an invoice', 'resolved', at, '{"id": "op-1"}', at, at, at
  FROM generate_series(1, $1::int) n, LATERAL (SELECT now() - n * interval '1 second' AS at) t`;

const messages = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  SELECT c.id, CASE k % 2 WHEN 0 THEN 'operator' ELSE 'customer' END,
    'About ' || c.actor_id || ': ' || one.t || '. ' || two.t || '.', '{"id": "someone"}', c.created_at
  FROM (SELECT *, row_number() OVER () AS n FROM cairnloop.conversations) c, generate_series(1, 4) k,
    LATERAL (SELECT 1 + abs(hashint8(n * 4 + k)) % 20000 AS s) a, LATERAL (SELECT 1 + abs(hashint8(n * 9 + k + 77)) % 20000 AS s) b,
    sentence one, sentence two
  WHERE one.s = a.s AND two.s = b.s`;

const deliveries = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, state, attempts, available_at, created_at, settled_at)
  SELECT topic, id, gen_random_uuid(), '{"actor": {"id": "op-1"}, "metadata": {}}', 'done', 1, created_at, created_at, now() - n * interval '1 day'
  FROM cairnloop.conversations, (VALUES ('conversation_resolved', 1), ('reply', 2)) t (topic, n)`;

const auditEvents = `
  INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, detail)
  SELECT now(), '{"id": "op-1"}', action, id, '{}'
  FROM cairnloop.conversations, unnest(ARRAY['conversation.replied', 'conversation.resolved']) action`;
