import { statSync } from 'node:fs';
import path from 'node:path';

/**
 * Resolves relative imports to source files: `./mail.js` may be `mail.ts` or `mail.tsx`. Loaders know some of these
 * forms, but not all, and none under Plug'n'Play.
 */
export function resolveSourceImports(file: string, source: string): string {
  const folder = path.dirname(file);
  return source.replace(relativeSpecifier, (whole, before: string, quote: string, specifier: string) => {
    const found = sourceOf(folder, specifier);
    return found === undefined ? whole : `${before}${quote}${found}${quote}`;
  });
}

/** What follows `from`, `import`, `import(` or `require(`. */
const relativeSpecifier = /(\b(?:from|import|require)\s*\(?\s*)(['"])(\.{1,2}(?:\/[^'"\n]*)?)\2/g;

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
