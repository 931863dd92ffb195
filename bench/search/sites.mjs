import pg from 'pg';
import { pino } from 'pino';
import { createCairnloop } from '../../dist/index.js';
import { notifierThat } from '../contestants/cairnloop.mjs';

/** A database whose search is that of 0.1: the statements that it had, on the rest of today's schema. */
export async function openWords(url) {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const page = async (search) =>
    (await pool.query({ name: 'page', text: pageOfWords, values: [51, search] })).rows.length;
  return { ...(await openCommon(url, pool)), page };
}

/** A database whose search is the package's. */
export async function openParts(url) {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const common = await openCommon(url, pool);
  return {
    ...common,
    page: async (search) => (await common.cairnloop.conversations.list({ search, limit: 50 })).items.length,
  };
}

async function openCommon(url, pool) {
  const cairnloop = await createCairnloop(
    { database: { url, poolSize: 10 }, notifier: notifierThat(() => {}, 0), outbound: { maxBatchSize: 1000 } },
    { logger: pino({ level: 'silent' }) },
  );
  const { rows } = await pool.query('SELECT id FROM cairnloop.conversations LIMIT 5000');
  return {
    cairnloop,
    ids: rows.map(({ id }) => id),
    /** What the workspace asks for. */
    workspace: async (search) =>
      (await pool.query({ name: 'workspace', text: workspaceSearch, values: [`${search}%`, search] })).rows.length,
    async indexBytes() {
      return Number((await pool.query(bytes)).rows[0].bytes);
    },
    async close() {
      await cairnloop.close();
      await pool.end();
    },
  };
}

const workspaceSearch = 'SELECT * FROM cairnloop.search_conversations($1, $2, 1000) LIMIT 1000';

const pageOfWords = `
  SELECT c.* FROM cairnloop.conversations c WHERE c.id IN (
    SELECT f.id FROM cairnloop.conversations f
    WHERE cairnloop.search_vector(left(coalesce(f.subject, ''), 1000) || ' ' || left(coalesce(f.actor_id, ''), 1000))
      @@ cairnloop.search_query($2)
    UNION ALL
    SELECT m.conversation_id FROM cairnloop.messages m
    WHERE m.role <> 'system' AND cairnloop.search_vector(left(m.content, 20000)) @@ cairnloop.search_query($2))
  ORDER BY c.updated_at DESC, c.id DESC LIMIT $1::int`;

const bytes = `
  SELECT sum(pg_relation_size(indexrelid)) AS bytes FROM pg_index
  WHERE indexrelid::regclass::text ~ '(_words|_parts|conversation_texts_pkey|messages_of_envelope)$'`;
