import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

/** A folder and its parent folders, nearest first. */
export function listFolderAndParents(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...listFolderAndParents(above)];
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
