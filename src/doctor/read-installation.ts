import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFile, isFolder, listFolderAndParents } from '../host-project/folders.js';
import { findPackageManager } from '../host-project/package-manager.js';
import type { InstallationFacts } from './facts.js';

const ownFolder = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));

/** Finds the installed copies of Cairnloop and the versions of its pinned dependencies, as Node would resolve them. */
export function readInstallationFacts(root: string): InstallationFacts {
  const own = readPackage(ownFolder);
  const hosts = findPackage('cairnloop', root);
  return {
    version: own.version,
    copies: [...new Set([...copiesInTree(root), ownFolder])].map((folder) => ({
      folder,
      version: readPackage(folder).version,
    })),
    isDependency: hosts !== undefined,
    isOwn: hosts === undefined || hosts === ownFolder,
    pinned: Object.entries(own.dependencies ?? {})
      .filter(([, range]) => /^\d/.test(range))
      .map(([name, expected]) => ({ name, expected, found: versionOf(name) })),
    packageManager: findPackageManager(root, packageOf(root)?.packageManager),
  };
}

interface PackageFile {
  version: string;
  dependencies?: Record<string, string>;
  packageManager?: string;
}

function readPackage(folder: string): PackageFile {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function packageOf(root: string): PackageFile | undefined {
  return isFile(path.join(root, 'package.json')) ? readPackage(root) : undefined;
}

function versionOf(name: string): string | null {
  const folder = findPackage(name, ownFolder);
  return folder === undefined ? null : readPackage(folder).version;
}

/** The folder of the package that code in the folder `from` would import, with links resolved. */
function findPackage(name: string, from: string): string | undefined {
  const found = listFolderAndParents(from)
    .map((folder) => path.join(folder, 'node_modules', name))
    .find((folder) => isFile(path.join(folder, 'package.json')));
  return found && realpathSync(found);
}

/** The copies of Cairnloop that the host and each of its packages would import. */
function copiesInTree(root: string): string[] {
  const installed = listFolderAndParents(root).flatMap((folder) => packagesIn(path.join(folder, 'node_modules')));
  return [root, ...installed].flatMap((folder) => findPackage('cairnloop', folder) ?? []);
}

function packagesIn(nodeModules: string): string[] {
  if (!isFolder(nodeModules)) return [];
  const names = readdirSync(nodeModules).filter((name) => !name.startsWith('.'));
  const folders = names.flatMap((name) => (name.startsWith('@') ? scopedIn(nodeModules, name) : [name]));
  return folders
    .map((name) => path.join(nodeModules, name))
    .filter(isFolder)
    .map((folder) => realpathSync(folder));
}

function scopedIn(nodeModules: string, scope: string): string[] {
  const folder = path.join(nodeModules, scope);
  return isFolder(folder) ? readdirSync(folder).map((name) => path.join(scope, name)) : [];
}
