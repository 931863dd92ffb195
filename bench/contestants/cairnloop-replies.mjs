import { withClient } from '../support/postgres.mjs';
import { drainWith } from './cairnloop.mjs';

/** Owes one `onReply` for each of the first `jobs` conversations, due a millisecond apart. */
export async function prepare(url, { jobs }) {
  await withClient(url, async (client) => {
    await client.query(insertReplies, [jobs]);
    await client.query('VACUUM ANALYZE');
  });
}

/** Drains them with one worker. Returns the seconds it took. */
export function work(url, { jobs, concurrency = 200 }) {
  return drainWith(url, { jobs, concurrency }, (count) => ({
    onConversationResolved() {},
    onSlaBreach() {},
    onOutboundTriggered() {},
    onReply() {
      count();
      return { ok: true, value: undefined };
    },
  }));
}

const insertReplies = `
  WITH message AS (
    INSERT INTO cairnloop.messages (conversation_id, role, content, author, status, created_at)
    SELECT id, 'operator', 'It left the warehouse this morning.', '{"id": "operator-1"}', 'pending', now()
    FROM cairnloop.conversations ORDER BY id LIMIT $1
    RETURNING id, conversation_id, created_at
  )
  INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
  SELECT 'reply', conversation_id, id, id,
    now() - make_interval(secs => row_number() OVER (ORDER BY conversation_id DESC) / 1000.0), created_at
  FROM message`;
