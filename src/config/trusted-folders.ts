/** Keeps a command from taking up what another user has put into a folder above, as git's safe.directory does. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

export interface FoldersUp {
  /** The folder itself, whoever owns it, and those above up to the first that belongs to somebody else. */
  folders: string[];
  /** That folder; null where all of them belong to the same user. */
  stoppedAt: string | null;
}

export function trustedFoldersUp(start: string): FoldersUp {
  const all = foldersUp(start);
  const end = all.findIndex((folder) => folder !== start && !isOwned(folder, start));
  return end < 0 ? { folders: all, stoppedAt: null } : { folders: all.slice(0, end), stoppedAt: all[end] ?? null };
}

function foldersUp(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersUp(above)];
}

/** A file in one of those folders: /tmp may be ours, and what lies in it somebody else's. */
export function isTrustedFile(file: string, start: string): boolean {
  return (stat(file)?.isFile() ?? false) && (path.dirname(file) === start || isOwned(file, start));
}

/** Of the user who runs the command, or of whom the folder is that they stand in. */
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
