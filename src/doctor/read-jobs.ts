import { CairnloopError } from '../errors.js';
import { errorText } from '../redact.js';
import type { JobsFacts } from './facts.js';

/** Asks MongoDB for a sign of life. @throws CairnloopError BACKEND_NOT_INSTALLED or JOBS_UNREACHABLE */
export async function readMongoJobs(url: string, timeoutMs: number): Promise<JobsFacts> {
  await importOrExplain('@agendajs/mongo-backend');
  const { MongoClient } = await importOrExplain<typeof import('mongodb')>('mongodb');
  const client = new MongoClient(url, { serverSelectionTimeoutMS: timeoutMs, appName: 'cairnloop-doctor' });
  client.on('error', () => {});
  try {
    await client.db().command({ ping: 1 });
    return { backend: 'mongodb' };
  } catch (error) {
    throw new CairnloopError('JOBS_UNREACHABLE', { backend: 'mongodb', reason: errorText(error, 300) });
  } finally {
    await client.close().catch(() => {});
  }
}

async function importOrExplain<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    throw new CairnloopError('BACKEND_NOT_INSTALLED', { package: name }, { cause: error });
  }
}
