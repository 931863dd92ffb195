/** The least that the work takes: a loop of four statements over Cairnloop's own table, without leases or order. */
import pg from 'pg';
import { countCalls } from '../support/count.mjs';

export { prepare } from './cairnloop.mjs';

const batchSize = 200;

export async function work(url, { jobs }) {
  const pool = new pg.Pool({ connectionString: url, max: 2 }).on('error', () => {});
  await pool.query('SELECT 1');
  const count = countCalls(jobs);
  for (;;) {
    const { rows } = await pool.query({ name: 'claim', text: claim, values: [batchSize] });
    if (rows.length === 0) break;
    const ids = [rows.map((row) => row.conversation_id)];
    await Promise.all([
      pool.query({ name: 'conversations', text: loadConversations, values: ids }),
      pool.query({ name: 'messages', text: loadMessages, values: ids }),
    ]);
    for (const _row of rows) count.call();
    await pool.query({ name: 'settle', text: settle, values: [rows.map((row) => row.id)] });
  }
  const seconds = await count.all;
  await pool.end();
  return { seconds };
}

const claim = `
  UPDATE cairnloop.deliveries SET attempts = attempts + 1, lease_until = now() + interval '15 seconds'
  WHERE id = ANY (ARRAY(
    SELECT id FROM cairnloop.deliveries
    WHERE topic = 'conversation_resolved' AND state = 'pending' AND available_at <= now()
    ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED))
  RETURNING *`;
const loadConversations = 'SELECT * FROM cairnloop.conversations WHERE id = ANY ($1::uuid[])';
const loadMessages = 'SELECT * FROM cairnloop.messages WHERE conversation_id = ANY ($1::uuid[])';
const settle = `UPDATE cairnloop.deliveries SET state = 'done', settled_at = now() WHERE id = ANY ($1::uuid[])`;
