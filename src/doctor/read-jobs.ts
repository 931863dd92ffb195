import { connectMongo } from '../agenda/connect-mongo.js';
import type { JobBackendFacts } from './facts.js';

/** Connects to MongoDB once, to see whether it is reachable. Throws `BACKEND_NOT_INSTALLED`, `JOBS_UNREACHABLE`. */
export async function probeMongoBackend(url: string, timeoutMs: number): Promise<JobBackendFacts> {
  const client = await connectMongo(url, timeoutMs);
  await client.close().catch(() => {});
  return { backend: 'mongodb' };
}
