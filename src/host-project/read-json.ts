import { ts } from 'ts-morph';
import { readTextIfAny } from './read-text.js';

export type Settings = Record<string, unknown>;

/** Parses JSON with comments and trailing commas; undefined if it is invalid. */
export function readJson(file: string): Settings | undefined {
  const text = readTextIfAny(file);
  if (text === undefined) return undefined;
  const { config, error } = ts.parseConfigFileTextToJson(file, text);
  return error || typeof config !== 'object' ? undefined : config;
}
