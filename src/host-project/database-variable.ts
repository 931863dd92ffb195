import path from 'node:path';
import { envFiles } from '../config/env-files.js';
import type { HostSnapshot } from '../gen/host-snapshot.js';
import { readTextIfAny } from './read-text.js';

/** Prisma, Drizzle and others keep a file or another server under the usual name. No value leaves this function whole. */
export function findDatabaseVariable(root: string): Pick<HostSnapshot, 'databaseVariable' | 'otherDatabase'> {
  const files = [...envFiles(root), path.join(root, '.env.example')];
  const texts = files.map((file) => readTextIfAny(file) ?? '');
  const value = texts.map(databaseUrl).find((found) => found !== undefined) ?? prismaProvider(root);
  const scheme = value === undefined ? undefined : /^([a-z][\w.+-]*:)|\.(?:db|sqlite3?)$/i.exec(value);
  const isOther = scheme != null && !/^postgres(ql)?:$/i.test(scheme[1] ?? '');
  return isOther
    ? { databaseVariable: 'CAIRNLOOP_DATABASE_URL', otherDatabase: scheme[1] ?? 'a file' }
    : { databaseVariable: 'DATABASE_URL', otherDatabase: null };
}

function databaseUrl(text: string): string | undefined {
  return /^\s*(?:export\s+)?DATABASE_URL\s*=\s*["']?([^"'\s#]+)/m.exec(text)?.[1];
}

/** Where no file sets it, the schema says what is meant. */
function prismaProvider(root: string): string | undefined {
  const schema = readTextIfAny(path.join(root, 'prisma/schema.prisma')) ?? '';
  const source = /datasource\s+\w+\s*\{([^}]*)\}/.exec(schema)?.[1] ?? '';
  const provider = /env\(\s*["']DATABASE_URL["']\s*\)/.test(source) && /provider\s*=\s*["'](\w+)["']/.exec(source)?.[1];
  return provider ? `${provider}:` : undefined;
}
