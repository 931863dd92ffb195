import type { TestDatabase } from './database.js';

/**
 * Every row of every table of every schema as text, those of the job store too, and what sessions run. Not the planner's
 * samples of columns, which `ANALYZE` alone replaces (docs/customers.md), and autovacuum may take at any moment.
 */
export async function dumpDatabase(database: TestDatabase): Promise<string> {
  const { rows } = await database.query(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema <> 'information_schema' AND table_name NOT IN ('pg_authid', 'pg_statistic')
     UNION ALL SELECT 'pg_catalog.pg_stat_activity'`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const table = await database.query(`SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${name} t`);
    texts.push(`${name}\n${table.rows[0].text}`);
  }
  return texts.join('\n');
}
