import { latency } from './deliveries/latency.mjs';
import { slaClocks } from './deliveries/sla-clocks.mjs';
import { durableThroughput, throughput } from './deliveries/throughput.mjs';
import { twoWorkers } from './deliveries/two-workers.mjs';
import { startServer } from './support/postgres.mjs';

/** How fast owed callbacks go out: against other queues, with a second worker, one by one, and by the clock. */
export async function run({ say }) {
  const parts = [await onServer({ durable: true }, (server) => durableThroughput(server, say))];
  return onServer({}, async (server) => {
    for (const part of [throughput, twoWorkers, latency, slaClocks]) parts.push(await part(server, say));
    return {
      title: 'Deliveries',
      about: `Postgres ${await server.version()}, embedded. The first table is that of a Postgres with \`fsync\`, \`full_page_writes\` and \`synchronous_commit\` on, as users have it; the others have \`fsync = off\`, which leaves the disk out. The callback does nothing; the conversation is loaded for each call, by Cairnloop with its messages as well. What waits for Cairnloop, the bare loop and Agenda fell due a millisecond apart, as what is resolved one after another does; the others queue it all at one moment.`,
      tables: parts.flatMap((part) => part.tables),
      marks: parts.flatMap((part) => part.marks),
    };
  });
}

async function onServer(options, work) {
  const server = await startServer(options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
