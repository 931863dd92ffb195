import { connect } from 'node:net';
import { inProcess } from '../support/contest.mjs';
import { atLeast, figure } from '../support/report.mjs';
import { scaled, scaledRounds } from '../support/scale.mjs';
import { seedConversations } from '../support/seed.mjs';
import { alternate, median } from '../support/stats.mjs';

const rounds = scaledRounds(9);
const seeded = scaled(60_000);

/** Enough jobs for some seconds each, all of them waiting from the start and all of them drained. */
const contestants = {
  cairnloop: { jobs: seeded, concurrency: 200, says: 'Cairnloop, one worker, `concurrency: 200`' },
  'cairnloop-default': {
    jobs: seeded,
    module: 'cairnloop',
    concurrency: 20,
    says: 'Cairnloop, one worker, `concurrency: 20` (default)',
  },
  'cairnloop-replies': {
    jobs: scaled(30_000),
    concurrency: 200,
    says: 'Cairnloop, replies (`onReply`), `concurrency: 200`',
  },
  'bare-loop': { jobs: seeded, says: 'a bare `SKIP LOCKED` loop over the same table, batches of 200' },
  'pg-boss': { jobs: scaled(20_000), says: 'pg-boss, fetch and complete in batches of 100' },
  'graphile-worker': { jobs: scaled(8_000), concurrency: 10, says: 'graphile-worker, concurrency 10' },
  agenda: { jobs: scaled(5_000), says: 'Agenda on Postgres, one job an event' },
};
const bullmq = { jobs: scaled(8_000), concurrency: 200, says: 'BullMQ on Redis, concurrency 200' };

/** Deliveries a second, from the start of a worker to the last call; Cairnloop, pg-boss and the bare loop are connected by then. */
export async function throughput(server, say) {
  const racing = { ...contestants, ...((await redisAnswers()) && { bullmq }) };
  const { table, times } = await raceAll(server, racing, 'One worker', say);
  return {
    tables: [table],
    marks: [
      atLeast('one worker against graphile-worker at concurrency 10', times('graphile-worker'), 6),
      atLeast('one worker against Agenda, one job an event', times('agenda'), 40),
      atLeast('one worker against pg-boss in batches of 100', times('pg-boss'), 1),
      atLeast('one worker against the bare loop', times('bare-loop'), 0.5),
      atDefaults(times),
    ],
  };
}

/** The same where each commit waits for the disk: what users have. */
export async function durableThroughput(server, say) {
  const { table, times } = await raceAll(server, contestants, 'One worker, each commit on disk', say);
  return {
    tables: [table],
    marks: [
      atLeast('one worker against the bare loop, each commit on disk', times('bare-loop'), 0.5),
      atDefaults(times, ', each commit on disk'),
    ],
  };
}

/** What a user gets without turning a knob. */
function atDefaults(times, where = '') {
  return atLeast(
    `one worker at the defaults against \`concurrency: 200\`${where}`,
    1 / times('cairnloop-default'),
    0.85,
  );
}

async function raceAll(server, racing, caption, say) {
  const template = await seedConversations(server, seeded);
  const rates = await alternate(Object.keys(racing), rounds, async (name, round) => {
    const rate = await race(server, template.name, racing[name].module ?? name, racing[name]);
    say(`${caption}, round ${round + 1} of ${rounds}: ${name} ${figure(rate)}/s`);
    return rate;
  });
  await template.drop();
  // Of each round: what slows the machine down for a while then slows both.
  const times = (name) => median(rates.get(name).map((rate, round) => rates.get('cairnloop')[round] / rate));
  return {
    times,
    table: {
      caption,
      head: ['contestant', 'deliveries a second', 'of all rounds', 'Cairnloop is, round by round'],
      rows: Object.entries(racing).map(([name, { says }]) => [
        says,
        figure(median(rates.get(name))),
        `${figure(Math.min(...rates.get(name)))} to ${figure(Math.max(...rates.get(name)))}`,
        `${figure(times(name))}x`,
      ]),
    },
  };
}

async function race(server, template, contestant, input) {
  const database = await server.database(template);
  try {
    await inProcess(contestant, database.url, 'prepare', input);
    const { seconds } = await inProcess(contestant, database.url, 'work', input);
    return input.jobs / seconds;
  } finally {
    await database.drop();
  }
}

/** BullMQ takes part where a Redis listens on its usual port. */
function redisAnswers() {
  return new Promise((resolve) => {
    const socket = connect(6379, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
