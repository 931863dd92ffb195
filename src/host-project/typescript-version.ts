import path from 'node:path';
import { listFolderAndParents } from './folders.js';
import { readTextFileIfAny } from './read-text-file.js';

/**
 * The version of TypeScript that the host has installed, else the one that package.json asks for; the newest if neither
 * is known.
 */
export function readTypeScriptVersion(root: string): { major: number; minor: number } {
  const installed = listFolderAndParents(root).map((folder) =>
    path.join(folder, 'node_modules/typescript/package.json'),
  );
  const asked = listFolderAndParents(root).map((folder) => path.join(folder, 'package.json'));
  const text =
    firstText(installed, /"version"\s*:\s*"(\d+\.\d+)/) ??
    firstText(asked, /"typescript"\s*:\s*"[^"\d]*(\d+(?:\.\d+)?)/);
  const [major = Number.POSITIVE_INFINITY, minor = 0] = text?.split('.').map(Number) ?? [];
  return { major, minor };
}

function firstText(files: readonly string[], pattern: RegExp): string | undefined {
  for (const file of files) {
    const found = pattern.exec(readTextFileIfAny(file) ?? '')?.[1];
    if (found) return found;
  }
  return undefined;
}
