import { findConfigEntry } from './config-entry.js';
import { findConfigObject } from './config-object.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from './module-kinds.js';
import { parseSourceFile } from './parse-source.js';

/**
 * The kinds of modules that a config does not have yet. If the form of the config is unknown, its text is searched for
 * their keys.
 */
export function missingModuleKinds(config: { path: string; text: string }): ModuleKindName[] {
  const found = findConfigObject(parseSourceFile(config.path, config.text));
  return moduleKindNames.filter((name) => {
    const key = moduleKinds[name].configKey;
    return 'object' in found ? !findConfigEntry(found, key) : !new RegExp(`\\b${key}\\b`).test(config.text);
  });
}
