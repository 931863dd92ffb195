import path from 'node:path';
import { listFolderAndParents } from './folders.js';
import { readTextFileIfAny } from './read-text-file.js';

/**
 * Whether Node reads a `.js` file in a folder as an ES module: decided by the nearest package.json, even one without
 * "type".
 */
export function isEsmFolder(folder: string, otherwise?: string): boolean {
  for (const above of listFolderAndParents(folder)) {
    const text = readTextFileIfAny(path.join(above, 'package.json'));
    if (text !== undefined) return typeOf(text) === 'module';
  }
  return otherwise === 'module';
}

function typeOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))?.type;
  } catch {
    return undefined;
  }
}
