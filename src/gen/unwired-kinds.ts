import { findEntry } from './config-entry.js';
import { findConfigObject } from './config-object.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from './module-kinds.js';
import { parseSource } from './parse-source.js';

/** The modules that a config does not name yet. Of a shape that is not known, its words are asked. */
export function unwiredKinds(config: { path: string; text: string }): ModuleKindName[] {
  const found = findConfigObject(parseSource(config.path, config.text));
  return moduleKindNames.filter((name) => {
    const key = moduleKinds[name].configKey;
    return 'object' in found ? !findEntry(found, key) : !new RegExp(`\\b${key}\\b`).test(config.text);
  });
}
