import { CairnloopError } from '../foundation/errors.js';
import { throwJobsUnreachable } from './jobs-unreachable.js';

/** Connects a MongoDB client. Throws `JOBS_UNREACHABLE`, `BACKEND_NOT_INSTALLED`. */
export async function connectMongo(url: string, timeoutMs: number) {
  const { MongoClient } = await loadMongoDriver();
  let client: InstanceType<typeof MongoClient> | undefined;
  try {
    client = new MongoClient(url, {
      appName: 'cairnloop',
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      // Without a timeout a frozen MongoDB blocks its callers for ever.
      socketTimeoutMS: 2 * timeoutMs,
    });
    await client.db().command({ ping: 1 });
    return client;
  } catch (error) {
    await client?.close().catch(() => {});
    return throwJobsUnreachable('mongodb')(error);
  }
}

/**
 * Loads the MongoDB driver through Agenda's backend: two copies of the driver do not accept each other's ids. Throws
 * `BACKEND_NOT_INSTALLED`.
 */
export async function loadMongoDriver(): Promise<typeof import('@agendajs/mongo-backend')> {
  try {
    return await import('@agendajs/mongo-backend');
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    throw new CairnloopError('BACKEND_NOT_INSTALLED', { package: missing }, { cause: error });
  }
}

function missingPackage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' ? /package '([^']+)'/.exec(message)?.[1] : undefined;
}
