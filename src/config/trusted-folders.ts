/** Ignores files that another user put into a folder above, as git's safe.directory does. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

export interface TrustedFolders {
  /** The start folder and its parent folders, nearest first, without those from `stoppedAt` upwards. */
  folders: string[];
  /** The nearest parent folder that another user owns; null if there is none. */
  stoppedAt: string | null;
}

export function findTrustedFolders(start: string): TrustedFolders {
  const all = listFolderAndParents(start);
  const end = all.findIndex((folder) => folder !== start && !isOwned(folder, start));
  return end < 0 ? { folders: all, stoppedAt: null } : { folders: all.slice(0, end), stoppedAt: all[end] ?? null };
}

function listFolderAndParents(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...listFolderAndParents(above)];
}

/** Whether a file may be trusted. Its own owner counts too: in `/tmp`, our folder may hold another user's file. */
export function isTrustedFile(file: string, start: string): boolean {
  return (stat(file)?.isFile() ?? false) && (path.dirname(file) === start || isOwned(file, start));
}

/** Whether a file or folder belongs to the user who runs the command, or to the owner of the folder `start`. */
function isOwned(place: string, start: string): boolean {
  const user = process.geteuid?.();
  const owner = stat(place)?.uid;
  return user === undefined || owner === undefined || owner === user || owner === stat(start)?.uid;
}

function stat(place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
