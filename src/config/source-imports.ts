import { statSync } from 'node:fs';
import path from 'node:path';
import { resolvePackageImport } from './package-imports.js';

/**
 * Replaces the imports in a file's text by the source files that exist: `./mail.js` may mean `mail.ts` or `mail.tsx`,
 * and so may package.json's `#mail`. Loaders support only some of these forms, and none under Plug'n'Play.
 */
export function resolveSourceImports(file: string, source: string): string {
  const folder = path.dirname(file);
  return source.replace(anySpecifier, (whole, before: string, quote: string, specifier: string) => {
    const found = specifier.startsWith('.') ? sourceOf(folder, specifier) : ownSource(file, specifier);
    return found === undefined ? whole : `${before}${quote}${found}${quote}`;
  });
}

/** Matches a specifier of a relative or package import after `from`, `import`, `import(` or `require(`. */
const anySpecifier = /(\b(?:from|import|require)\s*\(?\s*)(['"])(\.{1,2}(?:\/[^'"\n]*)?|[#@\w][^'"\n:]*)\2/g;

/** Finds the source file for an import from the file's own package; undefined if Node itself resolves the import. */
function ownSource(file: string, specifier: string): string | undefined {
  const { ofNode, ofSources } = resolvePackageImport(file, specifier);
  if (ofNode.some(isFile)) return undefined;
  const folder = path.dirname(file);
  for (const target of ofSources) {
    const relative = path.relative(folder, target).split(path.sep).join('/');
    const dotted = relative.startsWith('.') ? relative : `./${relative}`;
    const found = isFile(target) ? dotted : sourceOf(folder, dotted);
    if (found) return found;
  }
  return undefined;
}

const sourceExtensions: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
const anyExtension = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx'];

function sourceOf(folder: string, specifier: string): string | undefined {
  const at = path.resolve(folder, specifier);
  if (isFile(at)) return undefined;
  const extension = path.extname(specifier);
  const swapped = sourceExtensions[extension]?.find((other) => isFile(at.slice(0, -extension.length) + other));
  if (swapped) return specifier.slice(0, -extension.length) + swapped;
  const added = anyExtension.find((other) => isFile(at + other));
  if (added) return specifier + added;
  const index = anyExtension.find((other) => isFile(path.join(at, `index${other}`)));
  return index && `${specifier.replace(/\/$/, '')}/index${index}`;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
