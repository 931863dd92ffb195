import { readFileSync } from 'node:fs';
import path from 'node:path';
import { foldersUp, isFile } from './folders.js';

/** The TypeScript that the host has installed, or else the one that it asks for; the newest where neither shows. */
export function readTypeScriptVersion(root: string): { major: number; minor: number } {
  const installed = foldersUp(root).map((folder) => path.join(folder, 'node_modules/typescript/package.json'));
  const asked = foldersUp(root).map((folder) => path.join(folder, 'package.json'));
  const text =
    firstText(installed, /"version"\s*:\s*"(\d+\.\d+)/) ??
    firstText(asked, /"typescript"\s*:\s*"[^"\d]*(\d+(?:\.\d+)?)/);
  const [major = Number.POSITIVE_INFINITY, minor = 0] = text?.split('.').map(Number) ?? [];
  return { major, minor };
}

function firstText(files: readonly string[], pattern: RegExp): string | undefined {
  for (const file of files) {
    const found = isFile(file) ? pattern.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
    if (found) return found;
  }
  return undefined;
}
