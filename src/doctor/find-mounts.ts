import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { WorkspaceMount } from './facts.js';

/** Limits for the number and the size of source files that are read, so that doctor stays fast on a large host. */
const maxFiles = 3000;
const maxFileBytes = 300_000;

const skippedFolders = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor']);

/** Finds every call of `….workspace({ ... })` in the text of the host's sources; nothing of the host is run. */
export function findWorkspaceMounts(root: string): WorkspaceMount[] {
  return sourceFiles(root).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (!/cairnloop/i.test(text)) return [];
    return findWorkspaceMountsInText(text).map(({ line, operator }) => ({
      place: `${path.relative(root, file)}:${line}`,
      operator,
    }));
  });
}

/** Finds the calls of `….workspace({ ... })` in the text of one file. Pure. */
export function findWorkspaceMountsInText(text: string): { line: number; operator: WorkspaceMount['operator'] }[] {
  return [...text.matchAll(/\.workspace\s*\(/g)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    operator: operatorIn(argumentAt(text, match.index + match[0].length)),
  }));
}

/**
 * The text of a call's argument, up to the closing parenthesis. A parenthesis in a string or comment may end it too
 * early, which makes the operator `unknown` at worst.
 */
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
    return []; // An unreadable folder counts as empty.
  }
}
