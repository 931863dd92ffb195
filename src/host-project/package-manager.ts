import path from 'node:path';
import type { PackageManager } from '../gen/package-manager.js';
import { isFile, listFolderAndParents } from './folders.js';

const lockFiles: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['pnpm-workspace.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
];

/**
 * Finds the host's package manager: the one that package.json declares, else that of the nearest lock file, else npm.
 */
export function findPackageManager(root: string, declared: string | undefined): PackageManager {
  const named = lockFiles.find(([, manager]) => String(declared ?? '').startsWith(`${manager}@`));
  if (named) return named[1];
  const nearest = listFolderAndParents(root).flatMap((folder) =>
    lockFiles.filter(([name]) => isFile(path.join(folder, name))).map(([, manager]) => manager),
  );
  return nearest[0] ?? 'npm';
}
