import path from 'node:path';
import { globSync } from 'tinyglobby';
import type { PackageJson } from './package-json.js';
import { readTextIfAny } from './read-text.js';

/** The absolute folders of a workspace's packages; none where the package is no root of one. */
export function workspacePackages(root: string, json: PackageJson): string[] {
  const patterns = workspacePatterns(root, json).map((pattern) => path.posix.join(pattern, 'package.json'));
  if (patterns.length === 0) return [];
  const files = globSync(patterns, { cwd: root, absolute: true, ignore: ['**/node_modules/**'] });
  return files.map((file) => path.dirname(file)).sort();
}

function workspacePatterns(root: string, { workspaces }: PackageJson): string[] {
  const listed = Array.isArray(workspaces) ? workspaces : workspaces?.packages;
  if (Array.isArray(listed)) return listed.filter((pattern) => typeof pattern === 'string');
  return pnpmPatterns(path.join(root, 'pnpm-workspace.yaml'));
}

/** The list under `packages:`, the only part of that file that matters here. */
function pnpmPatterns(file: string): string[] {
  const text = readTextIfAny(file) ?? '';
  const list = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?(?:\r?\n|$))*)/m.exec(text)?.[1] ?? '';
  return [...list.matchAll(/^[ \t]*-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*(?:#.*)?$/gm)].map(
    ([, pattern = '']) => pattern,
  );
}
