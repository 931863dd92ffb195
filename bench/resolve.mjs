import { bareTransaction } from './resolve/bare-transaction.mjs';
import { product } from './resolve/product.mjs';
import { startServer, withClient } from './support/postgres.mjs';
import { atLeast, figure } from './support/report.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

const clients = 10;
const conversations = 8000;
const rounds = 5;

/** Each opens what resolves one conversation: `{ resolve(id), close() }`. */
const contestants = {
  cairnloop: {
    open: (url) => product(url, { wakes: true }),
    says: '`conversations.resolve` (with its audit record and wake-up)',
  },
  'no wake-up': { open: (url) => product(url, { wakes: false }), says: 'the same without the wake-up' },
  bare: { open: bareTransaction, says: 'four statements through `pg` between BEGIN and COMMIT' },
};

/** What a host pays to resolve a conversation, against the least that the same writes could cost in a transaction. */
export async function run({ say }) {
  const server = await startServer();
  try {
    const seeded = await seedConversations(server, conversations);
    await withClient(seeded.url, (client) => client.query(insertClocks));
    const rates = await alternate(Object.keys(contestants), rounds, async (name, round) => {
      const rate = await resolveAll(server, seeded.name, contestants[name].open);
      say(`round ${round + 1} of ${rounds}: ${name} ${figure(rate)}/s`);
      return rate;
    });
    return report(rates, await server.version());
  } finally {
    await server.stop();
  }
}

function report(rates, version) {
  const middle = (name) => median(rates.get(name));
  return {
    title: 'Resolve',
    about: `Postgres ${version}, embedded, \`fsync = off\`; ${clients} clients resolve ${conversations} open conversations with a running SLA each. The four statements are: status, SLA, system message, delivery.`,
    tables: [
      {
        head: ['contestant', 'transactions a second', 'to the bare transaction'],
        rows: Object.entries(contestants).map(([name, { says }]) => [
          says,
          figure(middle(name)),
          `${figure(middle(name) / middle('bare'))}x`,
        ]),
      },
    ],
    marks: [
      atLeast('resolve against four statements through bare pg', middle('cairnloop') / middle('bare'), 0.9),
      atLeast('resolve with the wake-up against without', middle('cairnloop') / middle('no wake-up'), 0.9),
    ],
  };
}

async function resolveAll(server, template, open) {
  const database = await server.database(template);
  const contestant = await open(database.url);
  try {
    const { rows } = await withClient(database.url, (client) => client.query('SELECT id FROM cairnloop.conversations'));
    const ids = rows.map((row) => row.id);
    await inParallel(ids.splice(0, 500), contestant.resolve);
    const started = performance.now();
    const counted = ids.length;
    await inParallel(ids, contestant.resolve);
    return counted / ((performance.now() - started) / 1000);
  } finally {
    await contestant.close();
    await database.drop();
  }
}

async function inParallel(ids, resolve) {
  const client = async () => {
    for (let id = ids.pop(); id; id = ids.pop()) await resolve(id);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

const insertClocks = `
  WITH sla AS (
    INSERT INTO cairnloop.slas (conversation_id, priority, response_minutes, breach_minutes, started_at, response_due_at, breach_at)
    SELECT id, 'normal', 60, 240, now(), now() + interval '1 hour', now() + interval '4 hours' FROM cairnloop.conversations
    RETURNING *
  )
  INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
  SELECT 'sla_breach', conversation_id, id, id::text, breach_at, started_at FROM sla`;
