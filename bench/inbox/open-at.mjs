import { pino } from 'pino';
import { openDatabase } from '../../dist/db/connect.js';
import { claimDeliveries } from '../../dist/deliveries/claim.js';
import { createCairnloop, prometheus } from '../../dist/index.js';
import { notifierThat } from '../contestants/cairnloop.mjs';
import { withClient } from '../support/postgres.mjs';
import { seedConversations } from '../support/seed.mjs';
import { serveWorkspace } from '../support/serve-workspace.mjs';

/** Page 1000 of the workspace's queue; where there are fewer conversations, the last page. */
export const deepQueuePage = 'workspace, queue page 1000';

/** Deliveries that are due beside the scheduled ones, for the claims to take. */
const dueNow = 15_000;

/** A database of `size` conversations and scheduled deliveries, and what is asked of it, by name. */
export async function openAt(server, size) {
  const { url, drop } = await seedConversations(server, size);
  await withClient(url, async (client) => {
    await client.query(insertDeliveries, ['outbound', '1 day', size]);
    await client.query(insertDeliveries, ['conversation_resolved', '-1 minute', dueNow]);
    await client.query('VACUUM ANALYZE cairnloop.deliveries');
  });
  const cairnloop = await createCairnloop(
    { database: { url }, notifier: notifierThat(() => {}, 0), metrics: prometheus() },
    { logger: pino({ level: 'silent' }) },
  );
  const db = openDatabase({ url, schema: 'cairnloop', poolSize: 4 });
  const deep = await cursorAfter(cairnloop, 20);
  const workspace = await serveWorkspace(cairnloop);
  const deepPage = await workspace.queuePage(1000);
  const [some] = (await cairnloop.conversations.list({ status: 'open', limit: 1 })).items;
  const options = { limit: 200, leaseMs: 60_000 };
  const { fetch } = cairnloop.operations();
  return {
    steps: {
      'inbox, first page': () => cairnloop.conversations.list({ status: 'open', limit: 50 }),
      'inbox, page 20': () => cairnloop.conversations.list({ status: 'open', limit: 50, cursor: deep }),
      'workspace, queue page 1': () => workspace.get('/?filter=open'),
      [deepQueuePage]: () => workspace.get(deepPage),
      'workspace, thread page': () => workspace.get(`/c/${some.id}`),
      'claim of 200': () => claimDeliveries(db, 'conversation_resolved', options),
      'claim with nothing due': () => claimDeliveries(db, 'outbound', options),
      'scrape of /metrics': () => fetch(new Request('http://localhost/metrics')),
    },
    async close() {
      await workspace.close();
      await cairnloop.close();
      await db.close();
      await drop();
    },
  };
}

async function cursorAfter(cairnloop, pages) {
  let cursor;
  for (let page = 1; page < pages; page += 1) {
    const answer = await cairnloop.conversations.list({ status: 'open', limit: 50, ...(cursor && { cursor }) });
    cursor = answer.nextCursor;
  }
  return cursor;
}

const insertDeliveries = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
  SELECT $1, id, id, id::text, now() + $2::interval + make_interval(secs => row_number() OVER () / 100.0), now()
  FROM (SELECT id FROM cairnloop.conversations UNION ALL SELECT gen_random_uuid() FROM generate_series(1, $3::int)) ids
  LIMIT $3`;
