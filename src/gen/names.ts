import path from 'node:path';

/** Paths are relative to the host's package, with `/`, e.g. `src/cairnloop/notifier.ts`. */

const scriptExtension = /\.(?:d\.)?[cm]?[jt]sx?$/;

/** Removes the extension and `/index` from a module's path: `src/a` for `src/a.ts`, `src/a.js` and `src/a/index.js`. */
export function normalizeModulePath(file: string): string {
  return file.replace(scriptExtension, '').replace(/(^|\/)index$/, '') || '.';
}

/** The extension of relative imports: none, `.js` as Node needs it, or `.ts`. */
export type RelativeImportExtension = 'none' | 'js' | 'ts';

/** Returns the specifier by which the file `from` imports the file `to`, e.g. `./notifier.js`. */
export function importSpecifier(from: string, to: string, extension: RelativeImportExtension): string {
  const relative = path.posix.relative(path.posix.dirname(from), to);
  const dotted = relative.startsWith('.') ? relative : `./${relative}`;
  if (extension === 'ts') return dotted;
  if (extension === 'js') return dotted.replace(/\.([cm]?)tsx?$/, '.$1js');
  return dotted.replace(/\.[jt]s$/, '');
}

/** `paths` of a tsconfig, with `baseUrl` applied: targets are relative to the package. */
export type PathAliases = Readonly<Record<string, readonly string[]>>;

/**
 * The paths of the modules that a specifier may mean, as {@link normalizeModulePath} returns them; none for a package.
 */
export function possibleModulePaths(from: string, text: string, aliases: PathAliases): string[] {
  if (text.startsWith('.')) return [normalizeModulePath(path.posix.join(path.posix.dirname(from), text))];
  return Object.entries(aliases).flatMap(([pattern, targets]) => {
    const [head = '', tail] = pattern.split('*');
    if (tail === undefined)
      return text === pattern ? targets.map((target) => normalizeModulePath(path.posix.normalize(target))) : [];
    if (!text.startsWith(head) || !text.endsWith(tail)) return [];
    const middle = text.slice(head.length, text.length - tail.length);
    return targets.map((target) => normalizeModulePath(path.posix.normalize(target.replace('*', middle))));
  });
}

/** The first of `wanted`, `fallback`, `fallback2` … that is not taken. */
export function chooseUnusedIdentifier(wanted: string, fallback: string, taken: ReadonlySet<string>): string {
  const candidates = [wanted, fallback, ...Array.from({ length: taken.size }, (_, n) => `${fallback}${n + 2}`)];
  return candidates.find((name) => !taken.has(name)) ?? fallback;
}
