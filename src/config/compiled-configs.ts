import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { findTsconfig, readTsconfig } from './tsconfig.js';

/** Usual output folders, for builds whose tsconfig names none. */
const outputFolders = ['dist', 'build', 'out', 'lib', 'output', '.output', 'server', '.build'];

/** The compiled configs of a host, relative to it: those of the build's own output folder, or else of the usual ones. */
export function compiledConfigs(cwd: string): string[] {
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
  // An ES module and a CommonJS one of the same name are two forms of one config.
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

/** Skips starting the compiler where it would find nothing. */
function mentionsOutput(tsconfig: string): boolean {
  return /"(outDir|extends|references)"/.test(readFileSync(tsconfig, 'utf8'));
}
