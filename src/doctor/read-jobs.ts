import { connectMongo } from '../agenda/connect-mongo.js';
import type { JobsFacts } from './facts.js';

/** Connects to MongoDB once, to see whether it is reachable. Throws `BACKEND_NOT_INSTALLED`, `JOBS_UNREACHABLE`. */
export async function readMongoJobs(url: string, timeoutMs: number): Promise<JobsFacts> {
  const client = await connectMongo(url, timeoutMs);
  await client.close().catch(() => {});
  return { backend: 'mongodb' };
}
