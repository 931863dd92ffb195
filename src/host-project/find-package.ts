import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { configExtensions } from '../config/config-file-names.js';
import { findTrustedFolders, isTrustedFile } from '../config/trusted-folders.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { isFile, isFolder } from './folders.js';
import { isModuleTypeOnlyPackageJson, type PackageJson } from './package-json.js';
import { findWorkspacePackages } from './workspace.js';

export interface HostPackage {
  /** Absolute path of the host's folder, to which its config belongs. */
  root: string;
  /** The package.json in this folder, or in one above, as in an Nx repository. */
  json: PackageJson;
  /** Absolute path of the folder that holds the package.json; null if the host has none. */
  packageRoot: string | null;
}

/**
 * Finds the host that a folder belongs to, by one rule for all commands: the nearest folder, from `cwd` upwards, that
 * has a config, is a project of a monorepo, or has a package.json that describes a package. From the root of a monorepo
 * it is the only project that has a config or depends on Cairnloop. If `config` names a file, it is the host nearest to
 * that file.
 * @throws CairnloopError HOST_NOT_FOUND or HOST_AMBIGUOUS
 */
export function findPackage(cwd: string, config?: string): HostPackage {
  if (!isFolder(cwd)) throw new CairnloopError('HOST_NOT_FOUND', { folder: cwd, reason: 'there is no such folder' });
  const start = realpathSync(cwd);
  const nearest = nearestHost(start);
  if (config !== undefined) return hostOfConfig(path.resolve(start, config), nearest) ?? requireHost(nearest, start);
  const host = requireHost(nearest, start);
  return hasConfig(host.root) ? host : belowRoot(host, start);
}

/**
 * Finds what {@link findPackage} finds, for commands that only run a host: accepts a folder without a package.json.
 * @throws CairnloopError HOST_AMBIGUOUS, and HOST_NOT_FOUND for a missing folder
 */
export function findHostFolder(cwd: string, config?: string): string {
  try {
    return findPackage(cwd, config).root;
  } catch (error) {
    if (isFolder(cwd) && isCairnloopError(error) && error.code === 'HOST_NOT_FOUND') return cwd;
    throw error;
  }
}

export function dependencyNames({ dependencies, devDependencies, peerDependencies }: PackageJson): string[] {
  return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
}

function requireHost(host: HostPackage | undefined, start: string): HostPackage {
  if (host) return host;
  const { stoppedAt } = findTrustedFolders(start);
  const reason =
    stoppedAt === null
      ? 'neither this folder nor one above it has a package.json'
      : `this folder has no package.json, and ${stoppedAt} above it belongs to another user`;
  throw new CairnloopError('HOST_NOT_FOUND', { folder: start, reason });
}

/**
 * Finds the host of a named config file. Undefined for a file outside of the nearest package, which the caller refuses
 * or reads.
 */
function hostOfConfig(file: string, nearest: HostPackage | undefined): HostPackage | undefined {
  const top = nearest?.packageRoot ?? nearest?.root;
  if (top !== undefined && !isInside(top, file)) return undefined;
  const { folders } = findTrustedFolders(path.dirname(file));
  const existing = folders.find(isFolder);
  return existing === undefined ? undefined : nearestHost(existing);
}

/**
 * Finds the only project below the root of a monorepo that has a config, else the only one that depends on Cairnloop.
 */
function belowRoot(host: HostPackage, start: string): HostPackage {
  const members = findWorkspacePackages(host.root, host.json);
  const projects = members.filter((folder) => hasConfig(folder));
  if (projects.length > 0) return onlyOne(projects, host.root, start);
  if (members.length === 0 || lists(host.json)) return host;
  const listing = members.filter((folder) => lists(readPackageJson(folder)));
  return onlyOne(listing.length > 0 ? listing : members, host.root, start, listing.length > 0);
}

function onlyOne(folders: readonly string[], root: string, start: string, isMeant = true): HostPackage {
  const [only, ...others] = folders;
  const host = only !== undefined && others.length === 0 && isMeant ? nearestHost(only) : undefined;
  if (host) return host;
  const packages = folders.map((folder) => path.relative(start, folder) || '.');
  throw new CairnloopError('HOST_AMBIGUOUS', { folder: root, packages });
}

function nearestHost(start: string): HostPackage | undefined {
  const { folders } = findTrustedFolders(start);
  const packages = folders.filter((folder) => isTrustedFile(path.join(folder, 'package.json'), start));
  const described = packages.find((folder) => !isModuleTypeOnlyPackageJson(readPackageJson(folder)));
  const marked = packages.find((folder) => isFolder(path.join(folder, 'node_modules'))) ?? packages[0];
  const packageRoot = described ?? marked ?? null;
  const json = packageRoot === null ? {} : readPackageJson(packageRoot);
  for (const folder of folders) {
    const holder = configHolder(folder, described, start);
    if (holder !== undefined) return { root: holder, json, packageRoot };
    if (folder === packageRoot) return { root: folder, json, packageRoot };
    if (isProject(folder, folders)) return { root: folder, json, packageRoot };
  }
  return undefined;
}

/**
 * The folder to which a config in this folder belongs: for one in `src` the folder above, for a compiled one in an
 * output folder that of the package which built it.
 */
function configHolder(folder: string, described: string | undefined, start: string): string | undefined {
  if (!hasConfig(folder, start)) return undefined;
  if (folder === described || !hasConfigBeside(folder, start)) return folder;
  if (outputFolders.has(path.basename(folder))) return undefined;
  return path.basename(folder) === 'src' ? path.dirname(folder) : folder;
}

const outputFolders = new Set(['dist', 'build', 'out', 'output', '.output', '.next', '.build']);

/** Whether a folder is a project that shares the package.json of its monorepo, as in Nx and in Nest's monorepo mode. */
function isProject(folder: string, folders: readonly string[]): boolean {
  const has = (name: string) => isFile(path.join(folder, name));
  const isBelow = (name: string) => folders.some((above) => above !== folder && isFile(path.join(above, name)));
  return (has('project.json') && isBelow('nx.json')) || (has('tsconfig.app.json') && isBelow('nest-cli.json'));
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** Reads the package.json of a folder. @throws CairnloopError HOST_NOT_FOUND */
function readPackageJson(folder: string): PackageJson {
  const json = parsePackageJson(folder);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new CairnloopError('HOST_NOT_FOUND', { folder, reason: 'package.json does not contain an object' });
}

function parsePackageJson(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = `package.json cannot be read (${String(cause)})`;
    throw new CairnloopError('HOST_NOT_FOUND', { folder, reason }, { cause });
  }
}

function lists(json: PackageJson): boolean {
  return dependencyNames(json).includes('cairnloop');
}

function hasConfig(folder: string, start = folder): boolean {
  return hasConfigBeside(folder, start) || hasConfigBeside(path.join(folder, 'src'), start);
}

function hasConfigBeside(folder: string, start: string): boolean {
  return configExtensions.some((extension) => isTrustedFile(path.join(folder, `cairnloop.config.${extension}`), start));
}
