/** Finds the files of presets, which settings of linters and formatters extend. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { isFile, listFolderAndParents } from './folders.js';
import { readJsonSettings } from './read-json-settings.js';

/**
 * Finds the file of a preset: a path from the folder of the settings, or a package. Undefined if neither exists.
 * `names` are the file names to look for in a folder.
 */
export function findPresetFile(from: string, entry: string, names: readonly string[]): string | undefined {
  const file = path.resolve(path.dirname(from), entry);
  const beside = [file, ...scriptEnds.map((end) => file + end), ...inside(file, names)].find(isFile);
  if (beside) return beside;
  return /^[./]/.test(entry) ? undefined : packageFile(from, entry, names);
}

const scriptEnds = ['.json', '.jsonc', '.js', '.cjs', '.mjs', '.ts'];

/** Resolves a package's file as Node does; if that fails, by other conditions of `exports`, or as a plain file. */
function packageFile(from: string, entry: string, names: readonly string[]): string | undefined {
  try {
    return createRequire(from).resolve(entry);
  } catch {
    const places = listFolderAndParents(path.dirname(from)).map((folder) => path.join(folder, 'node_modules', entry));
    const named = places.flatMap((place) => [place, ...scriptEnds.map((end) => place + end), ...inside(place, names)]);
    return [...places.flatMap(entriesOf), ...named].find(isFile);
  }
}

function inside(folder: string, names: readonly string[]): string[] {
  return names.map((name) => path.join(folder, name));
}

/** The entry files that a package.json names, for all conditions of `exports`. */
function entriesOf(folder: string): string[] {
  const { exports, module, main } = readJsonSettings(path.join(folder, 'package.json')) ?? {};
  const own = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  return [...texts(own), module, main]
    .filter((entry) => typeof entry === 'string' && /\.([cm]?js|json)$/.test(entry))
    .map((entry) => path.join(folder, String(entry)));
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}
