import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { findTsconfig, readTsconfig } from './tsconfig.js';

/** Usual output folders, for builds whose tsconfig names none. */
const outputFolders = ['dist', 'build', 'out', 'lib', 'output', '.output', 'server', '.build'];

/**
 * Finds the compiled configs of a host: in the `outDir` of its tsconfig, else in the usual output folders. Returns
 * paths relative to the host.
 */
export function findCompiledConfigs(cwd: string): string[] {
  const own = outDirOf(cwd);
  const found = own === undefined ? [] : configsIn(cwd, own);
  return found.length > 0 ? found : outputFolders.flatMap((folder) => configsIn(cwd, folder));
}

function configsIn(cwd: string, folder: string): string[] {
  const names = globSync('**/cairnloop.config.{js,mjs,cjs}', {
    cwd: path.resolve(cwd, folder),
    deep: 4,
    ignore: ['**/node_modules/**'],
  });
  const files = names.map((name) => path.join(folder, name)).sort();
  // Files that differ only in `.js`, `.mjs` or `.cjs` are one config, built as an ES module and as CommonJS.
  const ids = files.map((file) => file.replace(/\.[cm]?js$/, ''));
  return files.filter((_, at) => ids.indexOf(ids[at] ?? '') === at);
}

function outDirOf(cwd: string): string | undefined {
  const tsconfig = findTsconfig(cwd);
  if (tsconfig === undefined || !mentionsOutput(tsconfig)) return undefined;
  const { outDir } = readTsconfig(tsconfig).options;
  const relative = outDir && path.relative(cwd, outDir);
  return relative && !relative.startsWith('..') ? relative : undefined;
}

/** Whether a tsconfig may set `outDir`. If it cannot, the compiler, which takes 200 ms to load, is not needed. */
function mentionsOutput(tsconfig: string): boolean {
  return /"(outDir|extends|references)"/.test(readFileSync(tsconfig, 'utf8'));
}
