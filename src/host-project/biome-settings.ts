/**
 * Reads a host's Biome settings and those that they extend: files, packages and, as `//`, the root of the repository.
 */
import path from 'node:path';
import { findPresetFile } from './find-preset-file.js';
import { isFile, listFolderAndParents } from './folders.js';
import { readJsonSettings, type ToolSettings } from './read-json-settings.js';

const fileNames = ['biome.json', 'biome.jsonc', '.biome.json', '.biome.jsonc'];

/** Reads the Biome settings of a folder; undefined if it has none, or if they cannot be read. */
export function readBiomeSettings(folder: string): ToolSettings | undefined {
  const file = settingsFile(folder);
  return file === undefined ? undefined : readExtended(file, []);
}

function settingsFile(folder: string): string | undefined {
  return fileNames.map((name) => path.join(folder, name)).find(isFile);
}

/**
 * Merges settings with those that they extend. Later entries of `extends` win over earlier ones, and the file itself
 * wins over all of them.
 */
function readExtended(file: string, above: readonly string[]): ToolSettings | undefined {
  const own = readJsonSettings(file);
  if (!own || above.includes(file)) return own;
  const named = [own.extends].flat().filter((entry) => typeof entry === 'string');
  const bases = named.map((entry) => extendedFile(file, entry)).filter((base) => base !== undefined);
  return [...bases.map((base) => readExtended(base, [...above, file])), own].reduce<ToolSettings>(merged, {});
}

/**
 * Finds the file that an entry of `extends` names. Paths are relative to the folder of the settings; `a/b.json` counts
 * as a path if that file exists.
 */
function extendedFile(from: string, entry: string): string | undefined {
  const folder = path.dirname(from);
  if (entry === '//') return rootSettings(folder);
  return findPresetFile(from, entry, fileNames);
}

/** The nearest Biome settings in a folder above, without those that set `root: false`. */
function rootSettings(folder: string): string | undefined {
  const files = listFolderAndParents(path.dirname(folder)).map(settingsFile);
  return files.find((file) => file !== undefined && readJsonSettings(file)?.root !== false);
}

function merged(base: ToolSettings, more: ToolSettings | undefined): ToolSettings {
  const both = Object.entries(more ?? {}).map(([key, value]) => [key, mergedValue(base[key], value)]);
  return { ...base, ...Object.fromEntries(both) };
}

function mergedValue(base: unknown, value: unknown): unknown {
  return isSettings(base) && isSettings(value) ? merged(base, value) : value;
}

function isSettings(value: unknown): value is ToolSettings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
