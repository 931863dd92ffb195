import { connectMongo } from '../agenda/connect-mongo.js';
import type { JobsFacts } from './facts.js';

/** Asks MongoDB for a sign of life. @throws CairnloopError BACKEND_NOT_INSTALLED or JOBS_UNREACHABLE */
export async function readMongoJobs(url: string, timeoutMs: number): Promise<JobsFacts> {
  const client = await connectMongo(url, timeoutMs);
  await client.close().catch(() => {});
  return { backend: 'mongodb' };
}
