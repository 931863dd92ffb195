import type pg from 'pg';

/**
 * Rejects unless Agenda's table can be read and is the one of this schema. Agenda quotes its table's name as one word, so
 * it is found by the search path of the session: one that was lost would lead to an `agenda_jobs` of the host's own.
 */
export async function requireJobTable(connection: pg.Pool | pg.Client, schema: string): Promise<void> {
  await connection.query('SELECT FROM agenda_jobs LIMIT 1');
  const { rows } = await connection.query<{ schema: string }>(selectSchema);
  if (rows[0]?.schema !== schema)
    throw new Error(`the table agenda_jobs is found in schema "${rows[0]?.schema}" instead of "${schema}"`);
}

const selectSchema = `
  SELECT n.nspname AS schema FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = 'agenda_jobs'::regclass`;
