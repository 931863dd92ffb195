import { quoteIdentifier } from '../../db/quote-identifier.js';
import { openSession } from '../../db/session.js';

/**
 * Moves the database's `clock()` forward, so that the demo does not wait for an SLA breach. Every statement takes its
 * time from `clock()`.
 */
export async function advanceDemoDatabaseClock(url: string, schema: string, hours: number): Promise<void> {
  const s = quoteIdentifier(schema);
  const client = await openSession({ url, schema, name: 'cairnloop-demo' });
  try {
    await client.query(`CREATE OR REPLACE FUNCTION ${s}.clock() RETURNS timestamptz LANGUAGE sql STABLE
      AS $$ SELECT date_trunc('milliseconds', statement_timestamp()) + interval '${Number(hours)} hours' $$`);
  } finally {
    await client.end();
  }
}
