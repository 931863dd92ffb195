import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { realHostFile } from './safe-path.js';

const ignoreFile = '.gitignore';

/** Opens `.cairnloop/` in the host's package. It ignores itself, so that the repository stays as the host left it. */
export function openOwnFolder(root: string): string {
  const folder = realHostFile(root, '.cairnloop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, ignoreFile), '*\n');
  return folder;
}

/** Removes `.cairnloop` unless it holds other data, such as an embedded Postgres. */
export function removeOwnFolderIfUnused(root: string): void {
  const folder = realHostFile(root, '.cairnloop');
  if (readdirSync(folder).every((name) => name === ignoreFile)) rmSync(folder, { recursive: true });
}
