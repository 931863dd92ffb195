import { ts } from 'ts-morph';
import { readTextFileIfAny } from './read-text-file.js';

export type ToolSettings = Record<string, unknown>;

/** Parses JSON with comments and trailing commas; undefined if it is invalid. */
export function readJsonSettings(file: string): ToolSettings | undefined {
  const text = readTextFileIfAny(file);
  if (text === undefined) return undefined;
  const { config, error } = ts.parseConfigFileTextToJson(file, text);
  return error || typeof config !== 'object' ? undefined : config;
}
