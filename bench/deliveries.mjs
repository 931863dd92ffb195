import { latency } from './deliveries/latency.mjs';
import { slaClocks } from './deliveries/sla-clocks.mjs';
import { throughput } from './deliveries/throughput.mjs';
import { twoWorkers } from './deliveries/two-workers.mjs';
import { startServer } from './support/postgres.mjs';

/** How fast owed callbacks go out: against other queues, with a second worker, one by one, and by the clock. */
export async function run({ say }) {
  const server = await startServer();
  try {
    const parts = [];
    for (const part of [throughput, twoWorkers, latency, slaClocks]) parts.push(await part(server, say));
    return {
      title: 'Deliveries',
      about: `Postgres ${await server.version()}, embedded, \`fsync = off\`. The callback does nothing; the conversation is loaded for each call, by Cairnloop with its messages as well. What waits for Cairnloop, the bare loop and Agenda fell due a millisecond apart, as what is resolved one after another does; the others queue it all at one moment.`,
      tables: parts.flatMap((part) => part.tables),
      marks: parts.flatMap((part) => part.marks),
    };
  } finally {
    await server.stop();
  }
}
