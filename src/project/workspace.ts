import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { isFile } from './folders.js';
import type { PackageJson } from './package-json.js';

/** The absolute folders of a workspace's packages; none where the package is no root of one. */
export function workspacePackages(root: string, json: PackageJson): string[] {
  const patterns = workspacePatterns(root, json).map((pattern) => path.posix.join(pattern, 'package.json'));
  if (patterns.length === 0) return [];
  const files = globSync(patterns, { cwd: root, absolute: true, ignore: ['**/node_modules/**'] });
  return files.map((file) => path.dirname(file)).sort();
}

function workspacePatterns(root: string, { workspaces }: PackageJson): string[] {
  if (Array.isArray(workspaces)) return workspaces;
  return workspaces?.packages ?? pnpmPatterns(path.join(root, 'pnpm-workspace.yaml'));
}

/** The list under `packages:`, the only part of that file that matters here. */
function pnpmPatterns(file: string): string[] {
  if (!isFile(file)) return [];
  const list = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?(?:\r?\n|$))*)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return [...list.matchAll(/^[ \t]*-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*(?:#.*)?$/gm)].map(
    ([, pattern = '']) => pattern,
  );
}
