import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

/** A folder and its parent folders, nearest first. */
export function listFolderAndParents(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...listFolderAndParents(above)];
}

/** This folder and those above it in its Git repository; the folder alone if it is in none. */
export function foldersInRepository(folder: string): string[] {
  const folders = listFolderAndParents(folder);
  // In a worktree or a submodule, `.git` is a file.
  const top = folders.findIndex((one) => isFile(path.join(one, '.git')) || isFolder(path.join(one, '.git')));
  return folders.slice(0, Math.max(top, 0) + 1);
}

export function isFile(file: string): boolean {
  return stat(file)?.isFile() ?? false;
}

export function isFolder(folder: string): boolean {
  return stat(folder)?.isDirectory() ?? false;
}

/** The status of a path; undefined if it does not exist, or is below a file. */
function stat(place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
