import type pg from 'pg';
import { openSession } from '../db/session.js';

interface Place {
  url: string;
  schema: string;
  answerMs: number;
}

/**
 * Opens the same kind of connection as the worker, so that doctor sees what the worker finds, and closes it after use.
 */
export async function withDatabaseSession<T>(place: Place, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const { url, schema, answerMs } = place;
  const limits = { answer: answerMs, statement: answerMs };
  const client = await openSession({ url, schema, name: 'cairnloop-doctor', connectTimeoutMs: answerMs, limits });
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
