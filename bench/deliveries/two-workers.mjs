import { inProcess } from '../support/contest.mjs';
import { withClient } from '../support/postgres.mjs';
import { atLeast, figure } from '../support/report.mjs';
import { scaled } from '../support/scale.mjs';
import { seedConversations } from '../support/seed.mjs';
import { alternate, median } from '../support/stats.mjs';
import { startWorkers } from '../support/workers.mjs';

const jobs = scaled(10_000);
const callbackMs = 10;

/** What a second worker process adds when callbacks wait for something, as callbacks do. */
export async function twoWorkers(server, say) {
  const seeded = await seedConversations(server, jobs);
  const rates = await alternate([1, 2], 3, async (workers, round) => {
    const rate = await drainWith(server, seeded.name, workers);
    say(`callbacks of ${callbackMs} ms, round ${round + 1}: ${workers} worker(s) ${figure(rate)}/s`);
    return rate;
  });
  await seeded.drop();
  const [one, two] = [median(rates.get(1)), median(rates.get(2))];
  return {
    tables: [
      {
        caption: `Callbacks that wait ${callbackMs} ms, \`concurrency: 20\``,
        head: ['workers', 'deliveries a second'],
        rows: [
          ['1', figure(one)],
          ['2', `${figure(two)} (${figure(two / one)}x)`],
        ],
      },
    ],
    marks: [atLeast(`two workers with callbacks of ${callbackMs} ms`, two / one, 1.7)],
  };
}

async function drainWith(server, template, count) {
  const database = await server.database(template);
  await inProcess('cairnloop', database.url, 'prepare', { jobs });
  const workers = await startWorkers(database.url, count, { concurrency: 20, callbackMs });
  try {
    return await withClient(database.url, rateOfSettling);
  } finally {
    await workers.stop();
    await database.drop();
  }
}

/** From the first settled to the last, by the database's clock. */
async function rateOfSettling(client) {
  for (;;) {
    const { rows } = await client.query(`SELECT FROM cairnloop.deliveries WHERE state = 'pending' LIMIT 1`);
    if (rows.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { rows } = await client.query(
    'SELECT extract(epoch FROM max(settled_at) - min(settled_at))::float8 AS seconds FROM cairnloop.deliveries',
  );
  return jobs / rows[0].seconds;
}
