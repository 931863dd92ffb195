import type pg from 'pg';
import { quoteIdentifier } from '../db/connect.js';
import { migrations } from '../db/migrations/index.js';
import type { SchemaFacts } from './facts.js';

/** Which of this version's migrations the schema has, and which it has from elsewhere. */
export async function readSchema(client: pg.Client, schema: string): Promise<SchemaFacts> {
  const table = `${quoteIdentifier(schema)}.migrations`;
  const { rows } = await client.query(
    'SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS exists, to_regclass($2) IS NOT NULL AS recorded',
    [schema, table],
  );
  const applied: string[] = rows[0].recorded ? await appliedIn(client, table) : [];
  const known = migrations.map((migration) => migration.name);
  return {
    schema,
    exists: rows[0].exists,
    applied: applied.length,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function appliedIn(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query(`SELECT name FROM ${table} ORDER BY name`);
  return rows.map((row) => row.name);
}
