import { readTextFileIfAny } from './read-text-file.js';

/** Reads the object in a JSON file, with or without a byte order mark; `{}` if there is no file, or no JSON in it. */
export function readJsonObject<Fields extends object>(file: string): Partial<Fields> {
  try {
    return Object(JSON.parse((readTextFileIfAny(file) ?? '{}').replace(/^\uFEFF/, '')));
  } catch {
    return {};
  }
}
