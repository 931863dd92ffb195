/** Which variable of the environment a key of a config comes from, and which file sets it. */
import path from 'node:path';
import { envFiles, envValue } from './env-files.js';

export interface ConfigVariable {
  name: string;
  /** Relative to the host; `the environment`, or null where nothing sets it. */
  source: string | null;
}

/** Pure: reads the config as text, e.g. `database: { url: process.env.DATABASE_URL }`. Undefined for more than one. */
export function variableOf(text: string, key: string): string | undefined {
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

/** The variables of those keys of a config for which one is known. */
export function variablesOf(host: string, text: string, keys: readonly string[]): Record<string, ConfigVariable> {
  const found = keys.map((key) => [key, variableOf(text, key)] as const);
  const known = found.filter((one): one is [string, string] => one[1] !== undefined);
  return Object.fromEntries(known.map(([key, name]) => [key, { name, source: sourceOf(host, name) }]));
}

/** Existing variables win over files, so a file is the source only where its value is the one in use. */
function sourceOf(host: string, name: string): string | null {
  const value = process.env[name];
  const file = envFiles(host).find((one) => envValue(one, name) !== undefined);
  const isFromFile = file !== undefined && (value === envValue(file, name) || envValue(file, name)?.includes('$'));
  if (isFromFile) return path.relative(host, file);
  return value === undefined ? null : 'the environment';
}
