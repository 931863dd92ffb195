import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { migrateUp } from '../dist/db/migrate.js';
import { createCairnloop } from '../dist/index.js';
import { notifierThat } from './contestants/cairnloop.mjs';
import { inProcess } from './support/contest.mjs';
import { startServer, withClient } from './support/postgres.mjs';
import { atMost, figure } from './support/report.mjs';
import { scaled, scaledRounds } from './support/scale.mjs';
import { quantile } from './support/stats.mjs';
import { startWorkers } from './support/workers.mjs';

const perSecond = 200;
const ownMessages = scaled(10_000);
const rounds = scaledRounds(3);
const actorId = 'ada@example.org';
const actor = { id: 'operator-1' };

/** How late the callbacks of others begin while a customer is erased, and whether one of them is lost or repeated. */
export async function run({ say }) {
  const server = await startServer({ durable: true });
  try {
    const found = [];
    for (let round = 1; round <= rounds; round += 1) {
      found.push(await eraseUnderLoad(server));
      const { during, seconds } = found.at(-1);
      say(
        `round ${round} of ${rounds}: erased in ${figure(seconds)} s, at most ${figure(Math.max(...during))} ms late`,
      );
    }
    return result(found, await server.version());
  } finally {
    await server.stop();
  }
}

function result(found, version) {
  const sum = (key) => found.reduce((total, one) => total + one[key], 0);
  const late = { 'before it': found.flatMap(({ before }) => before), during: found.flatMap(({ during }) => during) };
  return {
    title: 'Erasing a customer',
    about: `A customer with ${figure(ownMessages)} messages, each with its delivery, draft and audit line, in ten conversations, is erased by a process of its own while others resolve ${perSecond} conversations a second and one worker delivers. Late is from the return of \`resolve()\` to the callback, in another process. Postgres ${version}, embedded, each commit on disk; ${found.length} rounds.`,
    tables: [
      {
        caption: 'Callbacks of others',
        head: ['erasure', 'callbacks', 'late p50 (ms)', 'p99', 'max'],
        rows: Object.entries(late).map(([when, ms]) => [
          when,
          figure(ms.length),
          ...[quantile(ms, 0.5), quantile(ms, 0.99), Math.max(...ms)].map(figure),
        ]),
      },
    ],
    marks: [
      atMost('callbacks of others during an erasure: the latest', Math.max(...late.during), 1000),
      {
        what: 'lost, repeated',
        found: `${sum('lost')}, ${sum('repeated')}`,
        wanted: '0, 0',
        held: sum('lost') + sum('repeated') === 0,
      },
      {
        what: 'messages erased',
        found: figure(sum('erased')),
        wanted: figure(rounds * ownMessages),
        held: sum('erased') === rounds * ownMessages,
      },
    ],
  };
}

async function eraseUnderLoad(server) {
  const database = await server.database();
  await migrateUp({ url: database.url, schema: 'cairnloop' });
  await withClient(database.url, (client) => client.query(fill, [actorId, ownMessages]));
  const calls = new Map();
  let repeated = 0;
  const workers = await startWorkers(database.url, 1, { concurrency: 20, report: true }, ({ id, at }) => {
    if (calls.has(id)) repeated += 1;
    else calls.set(id, at);
  });
  const load = await startLoad(database.url);
  await sleep(4000);
  const { counts, began, ended } = await inProcess('erasure', database.url, 'erase', { actorId });
  await sleep(500);
  const committed = await load.stop();
  for (let waited = 0; calls.size < committed.size && waited < 30_000; waited += 50) await sleep(50);
  await workers.stop();
  await database.drop();
  const called = [...committed].filter(([id]) => calls.has(id));
  const late = (from, to) =>
    called.filter(([, at]) => at >= from && at < to).map(([id, at]) => Math.max(0, calls.get(id) - at));
  return {
    before: late(began - 2000, began),
    during: late(began, ended + 500),
    seconds: (ended - began) / 1000,
    erased: counts.messages,
    lost: committed.size - called.length,
    repeated,
  };
}

/** Opens and resolves conversations at a steady rate; `stop` returns when the resolve of each returned. */
async function startLoad(url) {
  const config = { database: { url }, notifier: notifierThat(() => {}, 0) };
  const cairnloop = await createCairnloop(config, { logger: pino({ level: 'silent' }) });
  const committed = new Map();
  const running = new Set();
  const one = async () => {
    const { id } = await cairnloop.conversations.open({ actorId: 'bob' });
    await cairnloop.conversations.resolve(id, { resolvedBy: actor });
    committed.set(id, performance.timeOrigin + performance.now());
  };
  const started = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    for (; due < ((performance.now() - started) / 1000) * perSecond; due += 1) {
      const call = one().finally(() => running.delete(call));
      running.add(call);
    }
  }, 5);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      await cairnloop.close();
      return committed;
    },
  };
}

const fill = `
  WITH conversation AS (
    INSERT INTO cairnloop.conversations (actor_id, subject, created_at, updated_at, last_message_at)
    SELECT $1, 'Of ' || $1, now(), now(), now() FROM generate_series(1, 10) RETURNING id
  ), message AS (
    INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
    SELECT id, 'customer', 'Where is order ' || n || '? It was to come on Monday, says ' || $1,
      jsonb_build_object('id', $1::text), now() - n * interval '1 second'
    FROM conversation, generate_series(1, $2::int / 10) n RETURNING *
  ), delivery AS (
    INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, state, settled_at, available_at, created_at)
    SELECT 'draft', conversation_id, id, id, 'done', now(), now(), now() FROM message
  ), draft AS (
    INSERT INTO cairnloop.drafts (conversation_id, type, content, risk_tier, decision, decision_outcome, decision_ms,
      input_digest, status, decided_at, created_at)
    SELECT conversation_id, 'reply', content, 'low', 'draft_only', 'decided', 1, '', 'prepared', now(), now() FROM message
  )
  INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, subject_id, detail)
  SELECT now(), author, 'message.received', conversation_id, id, jsonb_build_object('text', content) FROM message`;
