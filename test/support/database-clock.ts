import type { TestDatabase } from './database.js';

/** Lets the database's clock, which every statement reads, go `ms` ahead of the real one (behind it, if negative). */
export function moveClock(db: TestDatabase, ms: number, schema = 'cairnloop'): Promise<void> {
  return replaceClock(db, schema, `statement_timestamp() + interval '${Math.round(ms)} milliseconds'`);
}

/** Stops the database's clock at a moment, so that what is written can be told to the millisecond. */
export function stopClock(db: TestDatabase, at: Date, schema = 'cairnloop'): Promise<void> {
  return replaceClock(db, schema, `timestamptz '${at.toISOString()}'`);
}

async function replaceClock(db: TestDatabase, schema: string, now: string): Promise<void> {
  await db.query(`CREATE OR REPLACE FUNCTION "${schema}".clock() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT date_trunc('milliseconds', ${now}) $$`);
}
