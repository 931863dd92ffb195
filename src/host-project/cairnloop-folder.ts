import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resolveHostFile } from './safe-path.js';

const ignoreFile = '.gitignore';

/**
 * Creates `.cairnloop/` in the host's package, with a .gitignore that keeps it out of the host's repository. Returns
 * its path.
 */
export function createCairnloopFolder(root: string): string {
  const folder = resolveHostFile(root, '.cairnloop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, ignoreFile), '*\n');
  return folder;
}

/** Removes `.cairnloop` unless it holds other data, such as an embedded Postgres. */
export function removeCairnloopFolderIfUnused(root: string): void {
  const folder = resolveHostFile(root, '.cairnloop');
  if (readdirSync(folder).every((name) => name === ignoreFile)) rmSync(folder, { recursive: true });
}
