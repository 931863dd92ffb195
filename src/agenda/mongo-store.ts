import { connectMongo, loadMongo } from './connect-mongo.js';
import type { JobStore } from './job-store.js';
import { jobsUnreachable } from './jobs-unreachable.js';

/** How long MongoDB may take to be found, and then to answer, in milliseconds. */
const timeoutMs = 5000;

/** What Agenda looks for twice a second: the jobs of one name that are due. */
const nextJobIndex = { name: 1, nextRunAt: 1, priority: -1, lockedAt: 1, disabled: 1 } as const;

/**
 * Agenda's jobs in a collection of this schema's own, so that the host may run an Agenda in the same database. Wiped, it
 * comes back with the next job. Throws `JOBS_UNREACHABLE`, `BACKEND_NOT_INSTALLED`.
 */
export async function mongoStore(url: string, schema: string): Promise<JobStore> {
  const { MongoBackend } = await loadMongo();
  const client = await connectMongo(url, timeoutMs);
  const db = client.db();
  const collection = `${schema}_jobs`;
  try {
    await db.collection(collection).createIndex(nextJobIndex, { name: 'next_job' });
  } catch (error) {
    await client.close().catch(() => {});
    return jobsUnreachable('mongodb')(error);
  }
  const backend = new MongoBackend({ mongo: db, collection, ensureIndex: false });
  // Its own would also make a collection for a job log that nobody writes.
  backend.connect = () => backend.repository.connect();
  return {
    backend,
    probe: async () => {
      await db.command({ ping: 1 }).catch(jobsUnreachable('mongodb'));
    },
    close: () => client.close(),
  };
}
