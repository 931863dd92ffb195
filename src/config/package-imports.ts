/**
 * Resolves `imports` and `exports` of the host's own package to source files: they name build output, which may not
 * exist.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findTrustedFolders } from './trusted-folders.js';

/** The files that an import may mean, as absolute paths: those that Node tries, and sources that TypeScript tries. */
export interface PackageImportTargets {
  ofNode: readonly string[];
  ofSources: readonly string[];
}

/** Resolves `#name`, or the name of the package that `file` is in; returns no paths for another package. */
export function resolvePackageImport(file: string, specifier: string): PackageImportTargets {
  const found = nearestPackage(path.dirname(file));
  if (!found) return { ofNode: [], ofSources: [] };
  const { folder, manifest } = found;
  const name = typeof manifest.name === 'string' ? manifest.name : undefined;
  const isOwn = name !== undefined && (specifier === name || specifier.startsWith(`${name}/`));
  const target = specifier.startsWith('#')
    ? targetIn(manifest.imports, specifier)
    : isOwn
      ? targetIn(asMap(manifest.exports), `.${specifier.slice(name.length)}`)
      : () => [];
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

/** The possible sources of a built file, as TypeScript maps `outDir` to `rootDir`. */
function sourcesOf(folder: string, target: string): string[] {
  const [first, ...others] = path.relative(folder, target).split(path.sep);
  const isOutput = ['dist', 'build', 'out', 'lib', 'output'].includes(first ?? '');
  return isOutput ? [path.join(folder, 'src', ...others), path.join(folder, ...others)] : [];
}

function nearestPackage(folder: string): { folder: string; manifest: Record<string, unknown> } | undefined {
  for (const above of findTrustedFolders(folder).folders) {
    try {
      const text = readFileSync(path.join(above, 'package.json'), 'utf8').replace(/^\uFEFF/, '');
      return { folder: above, manifest: Object(JSON.parse(text)) };
    } catch {
      // A package.json that is missing or unreadable is skipped: a parent folder may have a readable one.
    }
  }
  return undefined;
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
