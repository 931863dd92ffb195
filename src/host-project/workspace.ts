import path from 'node:path';
import { globSync } from 'tinyglobby';
import { configExtensions } from '../config/config-file-names.js';
import { isFile } from './folders.js';
import type { PackageJson } from './package-json.js';
import { readJsonObject } from './read-json-object.js';
import { readTextFileIfAny } from './read-text-file.js';

/** Files that mark the root of a monorepo whose projects need no package.json of their own. */
const monorepoFiles = ['nx.json', 'turbo.json', 'lerna.json', 'nest-cli.json', 'rush.json'];
const projectFolders = '{apps,packages,services,libs,projects}/**';

/**
 * Finds the folders of a monorepo's packages, and of its projects that have a config, as absolute paths; empty if
 * `root` is the root of no monorepo.
 */
export function findWorkspacePackages(root: string, json: PackageJson): string[] {
  return [...new Set([...listedPackages(root, json), ...configuredProjects(root)])].sort();
}

/** The folders of the packages that the root of a monorepo lists, with those of monorepos nested in it. */
function listedPackages(root: string, json: PackageJson, depth = 0): string[] {
  const patterns = workspacePatterns(root, json).map((pattern) => path.posix.join(pattern, 'package.json'));
  if (patterns.length === 0 || depth > 3) return [];
  const files = globSync(patterns, { cwd: root, absolute: true, ignore: ['**/node_modules/**'] });
  const folders = files.map((file) => path.dirname(file)).filter((folder) => folder !== path.normalize(root));
  return folders.flatMap((folder) => [folder, ...listedPackages(folder, packageOf(folder), depth + 1)]);
}

function packageOf(folder: string): PackageJson {
  return readJsonObject(path.join(folder, 'package.json'));
}

function configuredProjects(root: string): string[] {
  const isMonorepo = [...monorepoFiles, 'pnpm-workspace.yaml'].some((name) => isFile(path.join(root, name)));
  if (!isMonorepo) return [];
  const files = globSync(`${projectFolders}/cairnloop.config.{${configExtensions.join(',')}}`, {
    cwd: root,
    absolute: true,
    deep: 5,
    ignore: ['**/node_modules/**', '**/{dist,build,out}/**'],
  });
  const folders = files.map((file) => path.dirname(file));
  return folders.map((folder) => (path.basename(folder) === 'src' ? path.dirname(folder) : folder));
}

function workspacePatterns(root: string, { workspaces }: PackageJson): string[] {
  const listed = Array.isArray(workspaces) ? workspaces : workspaces?.packages;
  // A Lerna before version 7 lists the packages by itself; a later one takes those of the package manager.
  const patterns = listed ?? readJsonObject<{ packages?: unknown }>(path.join(root, 'lerna.json')).packages;
  if (Array.isArray(patterns)) return patterns.filter((pattern) => typeof pattern === 'string');
  return pnpmPatterns(path.join(root, 'pnpm-workspace.yaml'));
}

/** The patterns under `packages:` in a pnpm-workspace.yaml, as lines or in brackets; other keys are ignored. */
function pnpmPatterns(file: string): string[] {
  const text = readTextFileIfAny(file) ?? '';
  const inBrackets = /^packages:[ \t]*\[([^\]]*)\]/m.exec(text)?.[1];
  if (inBrackets !== undefined) {
    return [...inBrackets.matchAll(/'([^']*)'|"([^"]*)"|([^\s,'"]+)/g)].map(([, ...forms]) => forms.join(''));
  }
  const list = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?(?:\r?\n|$))*)/m.exec(text)?.[1] ?? '';
  return [...list.matchAll(/^[ \t]*-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*(?:#.*)?$/gm)].map(
    ([, pattern = '']) => pattern,
  );
}
