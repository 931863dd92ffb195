import pg from 'pg';

const actor = { id: 'operator-1' };

/** What somebody would write by hand, with prepared statements: no audit record, no wake-up, no result. */
export async function bareTransaction(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => {});
  return {
    async resolve(id) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query({ name: 'status', text: setStatus, values: [id, actor] });
        await client.query({ name: 'sla', text: fulfil, values: [id] });
        await client.query({ name: 'line', text: addLine, values: [id, actor] });
        await client.query({ name: 'delivery', text: oweCallback, values: [id, { actor, metadata: {} }] });
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

const setStatus = `
  UPDATE cairnloop.conversations SET status = 'resolved', resolved_at = now(), resolved_by = $2, updated_at = now(),
    unanswered_since = NULL, resolutions = resolutions + 1
  WHERE id = $1 AND status = 'open'`;
const fulfil = `
  UPDATE cairnloop.slas SET status = 'fulfilled', completed_at = now(), ended_by = 'resolved'
  WHERE conversation_id = $1 AND status = 'active'`;
const addLine = `
  INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
  VALUES ($1, 'system', 'Conversation resolved', $2, now())`;
const oweCallback = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at)
  VALUES ('conversation_resolved', $1::uuid, ($1::uuid)::text || '/1', $2, now(), now())`;
