import { inProcess } from './support/contest.mjs';
import { startServer } from './support/postgres.mjs';
import { atLeast, figure } from './support/report.mjs';
import { scaled, scaledRounds } from './support/scale.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

const jobs = scaled(20_000);
const waiting = scaled(6000);
const rounds = scaledRounds(7);

/** `sampled`: the share of deliveries whose trace is recorded; null where no trace wrote them. */
const modes = {
  off: { sampled: null, says: 'off' },
  unsampled: { sampled: 0, spansBy: 'cairnloop', says: 'on, no trace is recorded' },
  hundredth: { sampled: 0.01, spansBy: 'cairnloop', says: 'on, 1 % of the traces are recorded' },
  all: { sampled: 1, spansBy: 'cairnloop', says: 'on, every trace is recorded' },
  byHand: { sampled: 1, spansBy: 'host', says: 'off, and the notifier makes the same span by hand' },
};

/** What traces cost a worker: the deliveries of one run, with `tracing` off, and on with several shares of recorded traces. */
export async function run({ say }) {
  const server = await startServer();
  try {
    const one = await oneSpan(say);
    const atOnce = await compare(server, say, { jobs, callbackMs: 0, caption: 'Callbacks that return at once' });
    const waits = await compare(server, say, { jobs: waiting, callbackMs: 10, caption: 'Callbacks of 10 ms' });
    return {
      title: 'Tracing',
      about: `One worker, \`concurrency: 20\`, Postgres ${await server.version()}, embedded, \`fsync = off\`. The SDK has a batch processor whose exporter sends nothing. Ratios are of the same round; CPU is of the worker's process. A span that is recorded costs what the SDK takes for it, whoever makes it: the notifier that makes it by hand shows that share.`,
      tables: [one, atOnce.table, waits.table],
      marks: [
        atLeast('on, no trace recorded, against off; callbacks that return at once', atOnce.ratio('unsampled'), 0.95),
        atLeast('on, 1 % recorded, against off; callbacks that return at once', atOnce.ratio('hundredth'), 0.95),
        atLeast('on, every trace recorded, against off; callbacks that return at once', atOnce.ratio('all'), 0.95),
        atLeast(
          'on, every trace recorded, against spans by hand; callbacks that return at once',
          atOnce.ratio('all', 'byHand'),
          0.95,
        ),
        atLeast('on, every trace recorded, against off; callbacks of 10 ms', waits.ratio('all'), 0.95),
      ],
    };
  } finally {
    await server.stop();
  }
}

/** Without database and worker: how much of a recorded span is the SDK's. */
async function oneSpan(say) {
  const { none, ...made } = await inProcess('cairnloop-traced', '', 'spans', { count: scaled(10_000) });
  const [sdk, recorded, unrecorded] = [made.sdk, made.recorded, made.unrecorded].map((cpu) => Math.max(0, cpu - none));
  say(`one span: ${figure(sdk)} µs of the SDK alone, ${figure(recorded)} µs with Cairnloop`);
  return {
    caption: 'One delivery, in a loop',
    head: ['', 'CPU (µs)'],
    rows: [
      ['the SDK alone: start a span with the same attributes, make it active, end it', figure(sdk)],
      ['all that `tracing` does for a delivery whose trace is recorded', figure(recorded)],
      ['and for one whose trace is not', figure(unrecorded)],
    ],
  };
}

async function compare(server, say, { jobs, callbackMs, caption }) {
  const template = await seedConversations(server, jobs);
  const runs = await alternate(Object.keys(modes), rounds, async (mode, round) => {
    const { sampled, spansBy } = modes[mode];
    const found = await drain(server, template.name, { jobs, callbackMs, sampled, spansBy });
    say(`${caption}, round ${round + 1} of ${rounds}: ${mode} ${figure(found.rate)}/s`);
    return found;
  });
  await template.drop();
  const rates = (mode) => runs.get(mode).map(({ rate }) => rate);
  const ratio = (mode, against = 'off') => median(rates(mode).map((rate, round) => rate / rates(against)[round]));
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
