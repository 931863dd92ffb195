import type pg from 'pg';
import { CairnloopError } from '../foundation/errors.js';
import { formatDatabaseTarget } from './connection-url.js';
import { quoteIdentifier } from './quote-identifier.js';

/** The oldest supported Postgres, as a `server_version_num`: `gen_random_uuid()` was added in 13. */
export const oldestPostgresVersion = 130_000;

interface Place {
  url: string;
  schema: string;
}

/** The properties of a database that `migrate` and doctor check. */
export interface DatabaseProperties {
  version: string;
  versionNumber: number;
  encoding: string;
}

const selectNature = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
    current_setting('server_encoding') AS encoding`;

/** The reasons why a database cannot hold the schema, as texts; empty if it can. Pure. */
export function findDatabaseProblems({ version, versionNumber, encoding }: DatabaseProperties): string[] {
  const problems = [];
  if (versionNumber < oldestPostgresVersion) problems.push(`expected Postgres 13 or later, found ${version}`);
  if (encoding !== 'UTF8') problems.push(`expected the encoding UTF8, found ${encoding}`);
  return problems;
}

/** Throws `DATABASE_UNSUITABLE` if the version or encoding of the server does not suit the schema. */
export async function requireSuitableDatabase(client: pg.Client, { url }: Place): Promise<void> {
  const problems = findDatabaseProblems(await readDatabaseProperties(client));
  if (problems.length > 0)
    throw new CairnloopError('DATABASE_UNSUITABLE', { target: formatDatabaseTarget(url), problems });
}

export async function readDatabaseProperties(client: pg.Client): Promise<DatabaseProperties> {
  const { rows } = await client.query<DatabaseProperties>(selectNature);
  return rows[0] as DatabaseProperties;
}

/** Throws `DATABASE_PERMISSION`, with the GRANT to run, if the role may not create the schema or tables in it. */
export async function requireMigrationRights(client: pg.Client, { url, schema }: Place): Promise<void> {
  const { rows } = await client.query<Rights>(selectRights, [schema]);
  const rights = rows[0];
  if (!rights || rights.mayCreate) return;
  const role = quoteIdentifier(rights.role);
  const on = rights.exists ? `SCHEMA ${quoteIdentifier(schema)}` : `DATABASE ${quoteIdentifier(rights.database)}`;
  const reason = `role ${role} needs CREATE on ${on.toLowerCase().split(' ')[0]} ${on.slice(on.indexOf(' ') + 1)}`;
  throw new CairnloopError('DATABASE_PERMISSION', {
    target: formatDatabaseTarget(url),
    reason: rights.exists ? reason : `${reason}, to create schema "${schema}"`,
    grant: `GRANT CREATE ON ${on} TO ${role}`,
  });
}

interface Rights {
  role: string;
  database: string;
  exists: boolean;
  mayCreate: boolean;
}

const selectRights = `
  SELECT current_user AS role, current_database() AS database, s.oid IS NOT NULL AS exists,
    CASE WHEN s.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
      ELSE has_schema_privilege(s.oid, 'CREATE') END AS "mayCreate"
  FROM (VALUES ($1::name)) wanted (name) LEFT JOIN pg_namespace s ON s.nspname = wanted.name`;
