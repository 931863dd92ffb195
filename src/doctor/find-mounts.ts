import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { WorkspaceMount } from './facts.js';

/** Most files that are read, and the size of each: doctor stays quick on a large host. */
const maxFiles = 3000;
const maxFileBytes = 300_000;

const skippedFolders = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor']);

/** Every `….workspace({ ... })` in the host's sources, read as text: nothing of the host is run. */
export function findWorkspaceMounts(root: string): WorkspaceMount[] {
  return sourceFiles(root).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (!/cairnloop/i.test(text)) return [];
    return findMountsInText(text).map(({ line, operator }) => ({
      place: `${path.relative(root, file)}:${line}`,
      operator,
    }));
  });
}

/** Pure: the mounts in one file's text. */
export function findMountsInText(text: string): { line: number; operator: WorkspaceMount['operator'] }[] {
  return [...text.matchAll(/\.workspace\s*\(/g)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    operator: operatorIn(argumentAt(text, match.index + match[0].length)),
  }));
}

/** Up to the parenthesis that closes the call; one inside a string or comment ends it early, which is `unknown` at worst. */
function argumentAt(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < Math.min(text.length, start + 5000); at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(start, at).trim();
  }
  return '';
}

function operatorIn(argument: string): WorkspaceMount['operator'] {
  if (argument !== '' && !argument.startsWith('{')) return 'unknown';
  if (/\boperator\s*(:\s*(async\s*)?)?\(\s*\)/.test(argument)) return 'constant';
  if (/\boperator\b/.test(argument)) return 'function';
  return argument.includes('...') ? 'unknown' : 'none';
}

function sourceFiles(root: string): string[] {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined && found.length < maxFiles; folder = folders.pop()) {
    for (const entry of readFolder(folder)) {
      const at = path.join(folder, entry.name);
      if (entry.isDirectory() && !skippedFolders.has(entry.name) && !entry.name.startsWith('.')) folders.push(at);
      if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name) && statSync(at).size <= maxFileBytes) found.push(at);
    }
  }
  return found;
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // A folder that may not be read holds no source of the host's.
  }
}
