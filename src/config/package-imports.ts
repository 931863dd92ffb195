/**
 * Resolves `imports` and `exports` of the host's own package, and those of its workspace, to source files: they name
 * build output, which may not exist.
 */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findTrustedFolders } from './trusted-folders.js';

/** The files that an import may mean, as absolute paths: those that Node tries, and sources that TypeScript tries. */
export interface PackageImportTargets {
  ofNode: readonly string[];
  ofSources: readonly string[];
}

/** Resolves `#name`, or the name of a package of the workspace; returns no paths for another package. */
export function resolvePackageImport(file: string, specifier: string): PackageImportTargets {
  const { folder, target } = meantBy(path.dirname(file), specifier) ?? { folder: '', target: () => [] };
  const paths = (isKnown: (condition: string) => boolean) =>
    target(isKnown)
      .filter((text) => text.startsWith('./'))
      .map((text) => path.join(folder, text));
  const all = paths((condition) => !['types', 'browser', 'worker'].includes(condition));
  return {
    ofNode: paths((condition) => ['node', 'import', 'require', 'module-sync', 'default'].includes(condition)),
    ofSources: [...all, ...all.flatMap((one) => sourcesOf(folder, one))],
  };
}

/** The package that an import means, and where to find it there. */
function meantBy(from: string, specifier: string): { folder: string; target: Find } | undefined {
  const own = nearestPackage(from);
  if (specifier.startsWith('#'))
    return own && { folder: own.folder, target: targetIn(own.manifest.imports, specifier) };
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const meant = own?.manifest.name === name ? own : linkedPackage(from, name);
  return meant && { folder: meant.folder, target: targetIn(exportsOf(meant), `.${specifier.slice(name.length)}`) };
}

/** A package to which `node_modules` links, as it does to those of a workspace; undefined for an installed one. */
function linkedPackage(from: string, name: string): Package | undefined {
  for (const above of findTrustedFolders(from).folders) {
    try {
      const folder = realpathSync(path.join(above, 'node_modules', name));
      return folder.split(path.sep).includes('node_modules') ? undefined : readPackage(folder);
    } catch {
      // Ignored: the package may be in a folder above.
    }
  }
  return undefined;
}

/** The `exports` of a package as a map; without any, `main` is the package, and every file may be imported. */
function exportsOf({ manifest }: Package): unknown {
  if (manifest.exports !== undefined) return asMap(manifest.exports);
  const main = typeof manifest.main === 'string' ? manifest.main : 'index.js';
  return { '.': `./${path.posix.normalize(main)}`, './*': './*' };
}

/** The possible sources of a built file, as TypeScript maps `outDir` to `rootDir`. */
function sourcesOf(folder: string, target: string): string[] {
  const [first, ...others] = path.relative(folder, target).split(path.sep);
  const isOutput = ['dist', 'build', 'out', 'lib', 'output'].includes(first ?? '');
  return isOutput ? [path.join(folder, 'src', ...others), path.join(folder, ...others)] : [];
}

interface Package {
  folder: string;
  manifest: Record<string, unknown>;
}

function nearestPackage(start: string): Package | undefined {
  for (const folder of findTrustedFolders(start).folders) {
    try {
      return readPackage(folder);
    } catch {
      // A package.json that is missing or unreadable is skipped: a parent folder may have a readable one.
    }
  }
  return undefined;
}

function readPackage(folder: string): Package {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, '');
  return { folder, manifest: Object(JSON.parse(text)) };
}

/**
 * Converts the short forms `exports: "./x.js"` and `exports: { import: … }`, which describe the package itself, to a
 * map.
 */
function asMap(exports: unknown): unknown {
  const isMap = Object.keys(Object(exports)).some((key) => key.startsWith('.'));
  return isMap ? exports : { '.': exports };
}

type Find = (isKnown: (condition: string) => boolean) => string[];

/**
 * Looks up an import in a map of `imports` or `exports`: an exact name wins, then the pattern with the longest start.
 */
function targetIn(map: unknown, specifier: string): Find {
  const entries = Object.entries(Object(map)).filter(([key]) => key === specifier || key.includes('*'));
  const byLength = entries.sort(([a], [b]) => Number(b === specifier) - Number(a === specifier) || b.length - a.length);
  for (const [key, value] of byLength) {
    const [head = '', tail = ''] = key.split('*');
    const isMeant = key === specifier || (specifier.startsWith(head) && specifier.endsWith(tail));
    const middle = specifier.slice(head.length, specifier.length - tail.length);
    if (isMeant) return (isKnown) => conditions(value, isKnown).map((target) => target.replaceAll('*', middle));
  }
  return () => [];
}

function conditions(value: unknown, isKnown: (condition: string) => boolean): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((one) => conditions(one, isKnown));
  const entries = Object.entries(Object(value)).filter(([key]) => isKnown(key));
  return entries.flatMap(([, target]) => conditions(target, isKnown));
}
