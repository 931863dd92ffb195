/** Finds the environment variable from which a config reads a key, and the file that sets the variable. */
import path from 'node:path';
import { findEnvFiles, readEnvValue } from './env-files.js';

export interface ConfigVariable {
  name: string;
  /** The `.env` file that sets the variable, relative to the host, or `the environment`; null if nothing sets it. */
  source: string | null;
}

/**
 * Finds the environment variable of a key in the config's source text, e.g. in
 * `database: { url: process.env.DATABASE_URL }`. Undefined if there is none, or more than one. Pure.
 */
export function findConfigVariable(text: string, key: string): string | undefined {
  const [section = '', name = ''] = key.split('.');
  const reads = `\\b${name}["']?\\s*:\\s*(?:process\\.)?env(?:\\.(\\w+)|\\[["'](\\w+)["']\\])`;
  const inSection = namesIn(text, `\\b${section}["']?\\s*:\\s*\\{[^{}]*?${reads}`);
  const names = inSection.length > 0 ? inSection : namesIn(text, reads);
  return names.length === 1 ? names[0] : undefined;
}

function namesIn(text: string, pattern: string): string[] {
  const found = [...text.matchAll(new RegExp(pattern, 'g'))].map(([, dotted, bracketed]) => dotted ?? bracketed ?? '');
  return [...new Set(found)];
}

/** Finds the environment variables of the given keys; a key for which none is found is left out. */
export function findConfigVariables(
  host: string,
  text: string,
  keys: readonly string[],
): Record<string, ConfigVariable> {
  const found = keys.map((key) => [key, findConfigVariable(text, key)] as const);
  const known = found.filter((one): one is [string, string] => one[1] !== undefined);
  return Object.fromEntries(known.map(([key, name]) => [key, { name, source: sourceOf(host, name) }]));
}

/** Existing variables win over files, so a file is the source only where its value is the one in use. */
function sourceOf(host: string, name: string): string | null {
  const value = process.env[name];
  const file = findEnvFiles(host).find((one) => readEnvValue(one, name) !== undefined);
  const isFromFile =
    file !== undefined && (value === readEnvValue(file, name) || readEnvValue(file, name)?.includes('$'));
  if (isFromFile) return path.relative(host, file);
  return value === undefined ? null : 'the environment';
}
