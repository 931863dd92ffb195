import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configFileNames } from '../config/config-file-names.js';
import { CairnloopError, isCairnloopError } from '../errors.js';
import { foldersUp, isFile, isFolder } from './folders.js';
import type { PackageJson } from './package-json.js';
import { workspacePackages } from './workspace.js';

export interface HostPackage {
  /** Absolute. */
  root: string;
  json: PackageJson;
}

/**
 * The package that a folder is in. At the root of a workspace it is the one that holds the config that was named, or
 * else the one that embeds Cairnloop; between two there is no guess.
 * @throws CairnloopError HOST_NOT_FOUND or HOST_AMBIGUOUS
 */
export function findPackage(cwd: string, config?: string): HostPackage {
  const nearest = nearestPackage(path.resolve(cwd));
  const members = workspacePackages(nearest.root, nearest.json);
  if (members.length === 0 || embedsCairnloop(nearest)) return nearest;
  const named = config === undefined ? undefined : folderOf(members, path.resolve(cwd, config));
  if (named !== undefined) return { root: named, json: readPackageJson(named) };
  const packages = members.map((folder) => ({ root: folder, json: readPackageJson(folder) }));
  const candidates = packages.filter(embedsCairnloop);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  const shown = (candidates.length > 0 ? candidates : packages).map(({ root }) => path.relative(cwd, root));
  throw new CairnloopError('HOST_AMBIGUOUS', { folder: nearest.root, packages: shown });
}

/**
 * The folder of the host for who only runs it. Beside {@link findPackage} a folder without a package.json will do, and
 * one with a config of its own inside a package that has none.
 * @throws CairnloopError HOST_AMBIGUOUS, and HOST_NOT_FOUND where there is no such folder
 */
export function findHostFolder(cwd: string, config?: string): string {
  const root = packageOr(cwd, config);
  return config === undefined && !hasConfig(root) && hasConfig(cwd) ? cwd : root;
}

function packageOr(cwd: string, config: string | undefined): string {
  try {
    return findPackage(cwd, config).root;
  } catch (error) {
    if (isFolder(cwd) && isCairnloopError(error) && error.code === 'HOST_NOT_FOUND') return cwd;
    throw error;
  }
}

/** The innermost of `folders` that holds a file. */
function folderOf(folders: readonly string[], file: string): string | undefined {
  return folders.findLast((folder) => file.startsWith(folder + path.sep));
}

export function dependencyNames({ dependencies, devDependencies, peerDependencies }: PackageJson): string[] {
  return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
}

function nearestPackage(cwd: string): HostPackage {
  if (!isFolder(cwd)) throw new CairnloopError('HOST_NOT_FOUND', { folder: cwd, reason: 'there is no such folder' });
  const root = foldersUp(cwd).find((folder) => isFile(path.join(folder, 'package.json')));
  if (!root)
    throw new CairnloopError('HOST_NOT_FOUND', {
      folder: cwd,
      reason: 'it has no package.json, nor has a folder above',
    });
  return { root, json: readPackageJson(root) };
}

function readPackageJson(folder: string): PackageJson {
  const json = parsePackageJson(folder);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new CairnloopError('HOST_NOT_FOUND', { folder, reason: 'its package.json holds no object' });
}

function parsePackageJson(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = `package.json cannot be read (${String(cause)})`;
    throw new CairnloopError('HOST_NOT_FOUND', { folder, reason }, { cause });
  }
}

function embedsCairnloop({ root, json }: HostPackage): boolean {
  return hasConfig(root) || dependencyNames(json).includes('cairnloop');
}

function hasConfig(folder: string): boolean {
  return configFileNames.some((name) => isFile(path.join(folder, name)));
}
