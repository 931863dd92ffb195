import path from 'node:path';
import { globSync } from 'tinyglobby';
import { findEnvFiles, readEnvValue } from '../config/env-files.js';
import { isPlaceholderUrl } from '../config/placeholder.js';
import type { HostSnapshot } from '../gen/host-snapshot.js';
import { readTextFileIfAny } from './read-text-file.js';

/**
 * Chooses the variable of the database URL. Another one than `DATABASE_URL` is needed if an ORM such as Prisma uses
 * that for a file or another database. Of a variable's value only the scheme is returned.
 */
export function findDatabaseVariable(root: string): Pick<HostSnapshot, 'databaseVariable' | 'otherDatabase'> {
  const files = [...findEnvFiles(root), path.join(root, '.env.example')];
  const given = process.env.DATABASE_URL || files.map((file) => readEnvValue(file, 'DATABASE_URL')).find(Boolean);
  const kind = given === undefined ? declaredKind(root) : kindOf(given);
  const isOther = kind !== undefined && !/^postgres(ql)?:$/i.test(kind);
  const databaseVariable = isOther ? 'CAIRNLOOP_DATABASE_URL' : 'DATABASE_URL';
  return { databaseVariable, otherDatabase: isOther ? kind : null };
}

/** Why a variable holds no URL of a Postgres yet; null if it seems to hold one. */
export function findMissingDatabaseUrl(root: string, name: string): HostSnapshot['missingUrl'] {
  const file = findEnvFiles(root).find((one) => readEnvValue(one, name) !== undefined);
  const value = process.env[name] ?? (file && readEnvValue(file, name));
  const place = process.env[name] === undefined && file !== undefined ? path.relative(root, file) : 'the environment';
  if (value === undefined) return { name, place: null, state: 'not set' };
  if (value.trim() === '') return { name, place, state: 'empty' };
  return isPlaceholderUrl(value) ? { name, place, state: 'a placeholder' } : null;
}

/**
 * The kind of database that a connection string names: its scheme, a file, or a list of settings; undefined if unknown.
 */
function kindOf(value: string): string | undefined {
  const scheme = /^[a-z][\w.+-]*:/i.exec(value)?.[0];
  if (scheme) return scheme;
  if (/^:memory:|\.(?:db|sqlite3?)$/i.test(value)) return 'a file';
  return /^(?:server|data source|host)=[^;]*;/i.test(value) ? 'a list of key=value settings' : undefined;
}

/** Settings files of ORMs, and Prisma's schema files. */
const settingsFiles = [
  '{,prisma/,prisma/schema/}*.prisma',
  '{,src/,config/,db/,database/}{drizzle.config,prisma.config,knexfile,mikro-orm.config,ormconfig,data-source,database,config,sequelize}.{ts,mts,js,mjs,cjs,json}',
  'src/{db,database,config}/{data-source,database,knexfile,sequelize,index}.{ts,js}',
];

/**
 * The kind of database in an ORM's settings, if they read `DATABASE_URL`, for a host without a value of the variable.
 */
function declaredKind(root: string): string | undefined {
  const texts = globSync(settingsFiles, { cwd: root, absolute: true }).map((file) => readTextFileIfAny(file) ?? '');
  if (!texts.some((text) => /\bDATABASE_URL\b/.test(text))) return undefined;
  const isPrisma = (text: string) => /^\s*datasource\s+\w+\s*\{/m.test(text);
  const settings = texts.filter((text) => isPrisma(text) || /\bDATABASE_URL\b/.test(text));
  const names = settings.map((text) => (isPrisma(text) ? prismaProvider(text) : otherDialect(text)));
  const found = names.find((name) => name !== undefined);
  return found && `${found}:`;
}

function prismaProvider(text: string): string | undefined {
  const source = /datasource\s+\w+\s*\{([^}]*)\}/.exec(text)?.[1] ?? '';
  const isOther = /\burl\s*=/.test(source) && !/env\(\s*["']DATABASE_URL["']\s*\)/.test(source);
  return isOther ? undefined : /provider\s*=\s*["'](\w+)["']/.exec(source)?.[1];
}

function otherDialect(text: string): string | undefined {
  return /\b(?:dialect|type|client|driver)["']?\s*:\s*["']((?:better-)?sqlite3?|mysql2?|mariadb|mssql|oracledb|turso|mongodb|singlestore)["']/.exec(
    text,
  )?.[1];
}
