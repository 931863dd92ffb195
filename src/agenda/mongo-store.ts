import { connectMongo, loadMongoDriver } from './connect-mongo.js';
import type { JobStore } from './job-store.js';
import { throwJobsUnreachable } from './jobs-unreachable.js';

/** Time limit for finding MongoDB and for its replies, in milliseconds. */
const timeoutMs = 5000;

/** The index for Agenda's poll, twice a second: due jobs by name. */
const nextJobIndex = { name: 1, nextRunAt: 1, priority: -1, lockedAt: 1, disabled: 1 } as const;

/**
 * Keeps Agenda's jobs in a collection named after the schema, so that the host may run its own Agenda there. Throws
 * `JOBS_UNREACHABLE`, `BACKEND_NOT_INSTALLED`.
 */
export async function openMongoJobStore(url: string, schema: string): Promise<JobStore> {
  const { MongoBackend } = await loadMongoDriver();
  const client = await connectMongo(url, timeoutMs);
  const db = client.db();
  const collection = `${schema}_jobs`;
  try {
    await db.collection(collection).createIndex(nextJobIndex, { name: 'next_job' });
  } catch (error) {
    await client.close().catch(() => {});
    return throwJobsUnreachable('mongodb')(error);
  }
  const backend = new MongoBackend({ mongo: db, collection, ensureIndex: false });
  // Agenda's own setup would also create a collection for an unused job log.
  backend.connect = () => backend.repository.connect();
  return {
    backend,
    probe: async () => {
      await db.command({ ping: 1 }).catch(throwJobsUnreachable('mongodb'));
    },
    close: () => client.close(),
  };
}
