import pg from 'pg';

const someone = { id: 'someone' };

/**
 * The rows that `open`, `receive` and `reply` write, each by a statement of its own, prepared, in a transaction: what
 * somebody would write by hand. Nothing is validated, locked, superseded, returned or announced, and no clock is ended.
 */
export function bareStatements(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => {});
  const inTransaction = async (steps) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      let id;
      for (const [name, text, values] of steps) {
        const { rows } = await client.query({ name, text, values: values(id) });
        id ??= rows[0]?.id;
      }
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  };
  const message = (role, content, status) => [
    'message',
    insertMessage,
    (id) => [id, role, content, someone, status ?? null],
  ];
  const audit = (action) => ['audit', insertAudit, (id) => [id, someone, action]];
  return {
    open: (actorId, subject, content) =>
      inTransaction([
        ['open', insertConversation, () => [actorId, subject]],
        audit('conversation.opened'),
        message('customer', content),
        ['received', touch, (id) => [id]],
        audit('message.received'),
      ]),
    receive: (conversation, content) =>
      inTransaction([
        ['received', touch, () => [conversation]],
        message('customer', content),
        audit('message.received'),
      ]),
    reply: (conversation, content) =>
      inTransaction([
        ['replied', answer, () => [conversation]],
        ['reply', insertReply, (id) => [id, content, someone]],
        audit('conversation.replied'),
      ]),
    close: () => pool.end(),
  };
}

const insertConversation = `
  INSERT INTO cairnloop.conversations (actor_id, subject, priority, tags, metadata, created_at, updated_at)
  VALUES ($1, $2, 'normal', '{}', '{}', now(), now()) RETURNING id`;
const touch = `
  UPDATE cairnloop.conversations SET unanswered_since = coalesce(unanswered_since, now()), last_message_at = now(),
    updated_at = now() WHERE id = $1 RETURNING id`;
const answer = `
  UPDATE cairnloop.conversations SET unanswered_since = NULL, last_message_at = now(), updated_at = now()
  WHERE id = $1 AND status = 'open' RETURNING id`;
const insertMessage = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, status, metadata, created_at)
  VALUES ($1, $2, $3, $4, $5, '{}', now())`;
const insertReply = `
  WITH message AS (
    INSERT INTO cairnloop.messages (conversation_id, role, content, author, status, metadata, created_at)
    VALUES ($1, 'operator', $2, $3, 'pending', '{}', now()) RETURNING id, conversation_id
  )
  INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
  SELECT 'reply', conversation_id, id, id, now(), now() FROM message`;
const insertAudit = `
  INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id) VALUES (now(), $2, $3, $1)`;
