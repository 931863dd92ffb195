import { setTimeout as sleep } from 'node:timers/promises';
import { portalClient } from './portal/client.mjs';
import { startPortal } from './portal/server.mjs';
import { startServer, withClient } from './support/postgres.mjs';
import { atMost, figure } from './support/report.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

/** The full table, and one a hundredth of it (of at least a thousand) to hold it against. */
const size = Number(process.env.BENCH_CONVERSATIONS ?? 1_000_000);
const sizes = [Math.max(1000, size / 100), size];
const rounds = 41;
const streams = 2000;
const writes = 2000;
const atOnce = 16;

/** What the portal costs: a page in a full table, thousands of open live streams, and messages coming in. */
export async function run({ say }) {
  const server = await startServer();
  const sites = new Map();
  try {
    for (const size of sizes) {
      const started = performance.now();
      sites.set(size, await openSite(server, size));
      say(`${figure(size)} conversations, filled in ${figure((performance.now() - started) / 1000)} s`);
    }
    const pages = await timePages(sites, say);
    const site = sites.get(sizes[0]);
    const live = await holdStreams(site, say);
    const perSecond = await ingest(site, say);
    return report({ pages, live, perSecond, version: await server.version() });
  } finally {
    for (const { client, portal } of sites.values()) {
      client.close();
      await portal.stop();
    }
    await server.stop();
  }
}

async function openSite(server, size) {
  const database = await seedConversations(server, size);
  const portal = await startPortal(database.url);
  const client = portalClient(portal.port);
  const customer = `customer-${size / 2}`;
  const id = await client.enter(customer);
  const steps = {
    'thread page': () => client.page(`/c/${id}`, customer),
    'list page': () => client.page('/', customer),
  };
  return { database, portal, client, steps };
}

async function timePages(sites, say) {
  const measured = [];
  for (const what of ['thread page', 'list page']) {
    await alternate(sizes, 5, (size) => sites.get(size).steps[what]());
    const times = await alternate(sizes, rounds, async (size) => {
      const started = performance.now();
      await sites.get(size).steps[what]();
      return performance.now() - started;
    });
    const [small, large] = sizes.map((size) => median(times.get(size)));
    say(`${what}: ${figure(small)} ms, ${figure(large)} ms`);
    measured.push({ what, small, large });
  }
  return measured;
}

/** One stream for each of so many customers. */
async function holdStreams({ database, portal, client }, say) {
  const before = { memory: await portal.memory(), connections: await connectionsTo(database.url) };
  const open = [];
  for (let from = 1; from <= streams; from += 50)
    open.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => client.listen(`customer-${from + n}`)))));
  await sleep(1000);
  const after = { memory: await portal.memory(), connections: await connectionsTo(database.url) };
  for (const close of open) close();
  const live = { memory: after.memory - before.memory, connections: after.connections - before.connections };
  say(`${figure(streams)} streams: ${figure(live.memory)} MB, ${live.connections} more connections`);
  return live;
}

/** Of the process that serves; the pool keeps what the pages before have opened. */
function connectionsTo(url) {
  const count = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  return withClient(url, async (client) => (await client.query(count)).rows[0].n);
}

/** Messages of so many customers, each in a conversation of their own. */
async function ingest({ client }, say) {
  const customers = Array.from({ length: 100 }, (_, n) => `customer-${n + 1}`);
  const threads = await Promise.all(
    customers.map(async (customer) => ({ customer, id: await client.enter(customer) })),
  );
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < writes) {
        const { id, customer } = threads[next % threads.length];
        next += 1;
        await client.write(id, customer, `Message number ${next}`);
      }
    }),
  );
  const perSecond = writes / ((performance.now() - started) / 1000);
  say(`ingest: ${figure(perSecond)} messages a second`);
  return perSecond;
}

function report({ pages, live, perSecond, version }) {
  return {
    title: 'The portal',
    about: `Postgres ${version}, embedded. The portal is served by a process of its own; times are those of its client, over loopback; medians of ${rounds}, in turns.`,
    tables: [
      {
        head: ['ms', ...sizes.map((size) => `${figure(size)} conversations`)],
        rows: pages.map(({ what, small, large }) => [what, figure(small), figure(large)]),
      },
      {
        head: [`${figure(streams)} open live streams, a customer each`, 'more than without'],
        rows: [
          ['resident memory, MB', figure(live.memory)],
          ['database connections', String(live.connections)],
        ],
      },
      {
        head: [`${figure(writes)} messages by JSON, ${atOnce} at once`, 'a second'],
        rows: [['rate limit, ownership and write', figure(perSecond)]],
      },
    ],
    marks: [
      ...pages.map(({ what, large }) => atMost(`${what} with ${figure(size)} conversations`, large, 100)),
      atMost(`${figure(streams)} live streams, resident memory`, live.memory, 150, 'MB'),
      atMost(`${figure(streams)} live streams, database connections`, live.connections, 1, 'more'),
    ],
  };
}
