import { deepQueuePage, openAt } from './inbox/open-at.mjs';
import { startServer } from './support/postgres.mjs';
import { atMost, figure } from './support/report.mjs';
import { alternate, median } from './support/stats.mjs';

const sizes = [10_000, 1_000_000];
const rounds = 41;

/** Whether a full table slows what is asked all day: pages of the inbox and the workspace, a claim, a scrape of the metrics. */
export async function run({ say }) {
  const server = await startServer();
  const sites = new Map();
  try {
    for (const size of sizes) {
      say(`filling: ${figure(size)} conversations, as many scheduled deliveries`);
      sites.set(size, await openAt(server, size));
    }
    const measured = [];
    for (const [what, step] of Object.entries(sites.get(sizes[0]).steps)) {
      await alternate(sizes, 5, (size) => sites.get(size).steps[what]());
      const times = await alternate(sizes, rounds, (size) => timed(sites.get(size).steps[what]));
      const [small, large] = sizes.map((size) => median(times.get(size)));
      say(`${what}: ${figure(small)} ms, ${figure(large)} ms`);
      measured.push({ what, small, large, flat: step.flat ?? true });
    }
    return report(measured, await server.version());
  } finally {
    for (const site of sites.values()) await site.close();
    await server.stop();
  }
}

async function timed(step) {
  const started = performance.now();
  await step();
  return performance.now() - started;
}

function report(measured, version) {
  const find = (name) => measured.find(({ what }) => what === name);
  const metrics = find('scrape of /metrics');
  const pages = measured.filter(({ what }) => what.startsWith('workspace, '));
  const deepToFirst = find(deepQueuePage).large / find('workspace, queue page 1').large;
  return {
    title: 'Full tables',
    about: `Postgres ${version}, embedded. So many open conversations, and so many deliveries scheduled for later, in the tables; medians of ${rounds}, in turns.`,
    tables: [
      {
        head: ['ms', ...sizes.map(figure), 'ratio'],
        rows: measured.map(({ what, small, large }) => [
          what,
          figure(small),
          figure(large),
          `${figure(large / small)}x`,
        ]),
      },
    ],
    marks: [
      ...measured
        .filter(({ what }) => what !== metrics.what)
        .map(({ what, small, large }) => ({
          what: `${what}: flat`,
          found: `${figure(large / small)}x`,
          wanted: '<= 1.5x',
          held: large <= small * 1.5,
        })),
      ...pages.map(({ what, large }) => atMost(`${what}, over HTTP with 1 000 000 conversations`, large, 100)),
      {
        what: 'workspace, queue page 1000 against page 1',
        found: `${figure(deepToFirst)}x`,
        wanted: '<= 1.5x',
        held: deepToFirst <= 1.5,
      },
      atMost(`${metrics.what} with 1 000 000 rows`, metrics.large, 50),
    ],
  };
}
