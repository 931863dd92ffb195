import type pg from 'pg';
import { quoteIdentifier } from '../db/connect.js';
import { type AppliedMigration, compareMigrations, selectAppliedMigrations } from '../db/migrations/compare-schema.js';
import type { SchemaFacts } from './facts.js';

/** Reads which migrations the schema has, which are pending, and which this version of cairnloop does not know. */
export async function readSchemaFacts(client: pg.Client, schema: string): Promise<SchemaFacts> {
  const s = quoteIdentifier(schema);
  const { rows } = await client.query(
    'SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS exists, to_regclass($2) IS NOT NULL AS recorded',
    [schema, `${s}.migrations`],
  );
  const recorded = rows[0].recorded ? (await client.query<AppliedMigration>(selectAppliedMigrations(s))).rows : [];
  const { pending, unknown, incompatible } = compareMigrations(recorded);
  return { schema, exists: rows[0].exists, applied: recorded.length, pending, unknown, incompatible };
}
