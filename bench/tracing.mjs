import { inProcess } from './support/contest.mjs';
import { startServer } from './support/postgres.mjs';
import { atLeast, figure } from './support/report.mjs';
import { scaled, scaledRounds } from './support/scale.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

const jobs = scaled(20_000);
const waiting = scaled(6000);
const rounds = scaledRounds(7);

/** `sampled`: the share of deliveries whose trace is recorded; null where the config has no `tracing`. */
const modes = {
  off: { sampled: null, says: 'off' },
  unsampled: { sampled: 0, says: 'on, no trace is recorded' },
  hundredth: { sampled: 0.01, says: 'on, 1 % of the traces are recorded' },
  all: { sampled: 1, says: 'on, every trace is recorded' },
};

/** What traces cost a worker: the deliveries of one run, with `tracing` off, and on with several shares of recorded traces. */
export async function run({ say }) {
  const server = await startServer();
  try {
    const atOnce = await compare(server, say, { jobs, callbackMs: 0, caption: 'Callbacks that return at once' });
    const waits = await compare(server, say, { jobs: waiting, callbackMs: 10, caption: 'Callbacks of 10 ms' });
    return {
      title: 'Tracing',
      about: `One worker, \`concurrency: 20\`, Postgres ${await server.version()}, embedded, \`fsync = off\`. The SDK has a batch processor whose exporter sends nothing. Ratios are of the same round; CPU is of the worker's process.`,
      tables: [atOnce.table, waits.table],
      marks: [
        atLeast('on, no trace recorded, against off; callbacks that return at once', atOnce.ratio('unsampled'), 0.95),
        atLeast('on, 1 % recorded, against off; callbacks that return at once', atOnce.ratio('hundredth'), 0.95),
        atLeast('on, every trace recorded, against off; callbacks that return at once', atOnce.ratio('all'), 0.95),
        atLeast('on, every trace recorded, against off; callbacks of 10 ms', waits.ratio('all'), 0.95),
      ],
    };
  } finally {
    await server.stop();
  }
}

async function compare(server, say, { jobs, callbackMs, caption }) {
  const template = await seedConversations(server, jobs);
  const runs = await alternate(Object.keys(modes), rounds, async (mode, round) => {
    const found = await drain(server, template.name, { jobs, callbackMs, sampled: modes[mode].sampled });
    say(`${caption}, round ${round + 1} of ${rounds}: ${mode} ${figure(found.rate)}/s`);
    return found;
  });
  await template.drop();
  const rates = (mode) => runs.get(mode).map(({ rate }) => rate);
  const ratio = (mode) => median(rates(mode).map((rate, round) => rate / rates('off')[round]));
  return {
    ratio,
    table: {
      caption,
      head: ['tracing', 'deliveries a second', 'of all rounds', 'against off, round by round', 'CPU a delivery (µs)'],
      rows: Object.entries(modes).map(([mode, { says }]) => [
        says,
        figure(median(rates(mode))),
        `${figure(Math.min(...rates(mode)))} to ${figure(Math.max(...rates(mode)))}`,
        `${figure(ratio(mode))}x`,
        figure(median(runs.get(mode).map(({ cpu }) => cpu))),
      ]),
    },
  };
}

async function drain(server, template, input) {
  const database = await server.database(template);
  try {
    await inProcess('cairnloop-traced', database.url, 'prepare', input);
    const { seconds, cpuSeconds } = await inProcess('cairnloop-traced', database.url, 'work', input);
    return { rate: input.jobs / seconds, cpu: (cpuSeconds / input.jobs) * 1e6 };
  } finally {
    await database.drop();
  }
}
