import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../support/postgres.mjs';
import { atMost, figure } from '../support/report.mjs';
import { scaled } from '../support/scale.mjs';
import { seedConversations } from '../support/seed.mjs';
import { quantile } from '../support/stats.mjs';
import { startWorkers } from '../support/workers.mjs';

const clocks = scaled(10_000);
const policies = [{ priority: 'normal', responseMinutes: 1, breachMinutes: 1 }];

/** 10 000 SLA clocks that run out within one minute, and as many that run out at one moment. */
export async function slaClocks(server, say) {
  const spread = await breachAll(server, say, 60);
  const atOnce = await breachAll(server, say, 0);
  const row = (caption, { late, repeats }) => [
    caption,
    String(late.length),
    String(repeats),
    figure(quantile(late, 0.5)),
    figure(quantile(late, 0.99)),
    figure(Math.max(...late)),
  ];
  return {
    tables: [
      {
        caption: '10 000 SLA clocks',
        head: ['run out', 'breached', 'repeated', 'late p50 (ms)', 'p99', 'max'],
        rows: [row('within one minute', spread), row('at one moment', atOnce)],
      },
    ],
    marks: [
      { what: '10 000 clocks in one minute: each breached once', ...once(spread) },
      atMost('10 000 clocks in one minute: p99 lateness', quantile(spread.late, 0.99), 2000),
      { what: '10 000 clocks at one moment: each breached once', ...once(atOnce) },
      atMost('10 000 clocks at one moment: the last one', Math.max(...atOnce.late), 15_000),
    ],
  };
}

function once({ late, repeats }) {
  return {
    found: `${late.length}, ${repeats} repeated`,
    wanted: `${clocks}, 0 repeated`,
    held: late.length === clocks && repeats === 0,
  };
}

async function breachAll(server, say, withinSeconds) {
  const database = await seedConversations(server, clocks);
  const late = new Map();
  let repeats = 0;
  const workers = await startWorkers(
    database.url,
    1,
    { concurrency: 100, report: true, policies },
    ({ id, at, dueAt }) => {
      if (late.has(id)) repeats += 1;
      late.set(id, Math.max(0, at - dueAt));
    },
  );
  await withClient(database.url, (client) => client.query(insertClocks, [withinSeconds]));
  for (let waited = 0; waited < withinSeconds + 30 && late.size < clocks; waited += 1) await sleep(1000);
  await sleep(1000);
  await workers.stop();
  await database.drop();
  say(
    `${late.size} of ${clocks} clocks within ${withinSeconds} s breached, p99 ${figure(quantile([...late.values()], 0.99))} ms late`,
  );
  return { late: [...late.values()], repeats };
}

const insertClocks = `
  WITH sla AS (
    INSERT INTO cairnloop.slas (conversation_id, priority, response_minutes, breach_minutes, started_at, response_due_at, breach_at)
    SELECT id, 'normal', 1, 1, now(), now(), now() + interval '5 seconds' + make_interval(secs => random() * $1::float8)
    FROM cairnloop.conversations
    RETURNING *
  )
  INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
  SELECT 'sla_breach', conversation_id, id, id::text, breach_at, started_at FROM sla`;
