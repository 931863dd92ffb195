import type pg from 'pg';

/**
 * Rejects unless the table `agenda_jobs` can be read and belongs to this schema. Agenda cannot name the schema of its
 * table, so the search path of the session decides which table it finds; without ours it could be one of the host.
 */
export async function requireJobTable(connection: pg.Pool | pg.Client, schema: string): Promise<void> {
  await connection.query('SELECT FROM agenda_jobs LIMIT 1');
  const { rows } = await connection.query<{ schema: string }>(selectSchema);
  if (rows[0]?.schema !== schema)
    throw new Error(`the table agenda_jobs was found in schema "${rows[0]?.schema}" instead of "${schema}"`);
}

const selectSchema = `
  SELECT n.nspname AS schema FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = 'agenda_jobs'::regclass`;
