/** Reads from the tsconfig how `tsc` builds the host, which decides where new files belong. */
import path from 'node:path';
import { ts } from 'ts-morph';
import type { ConfigCompileProblem } from '../gen/host-snapshot.js';
import { isFile } from './folders.js';
import { readTextFileIfAny } from './read-text-file.js';
import { readTypeScriptVersion } from './typescript-version.js';

export interface TscBuildSettings {
  /**
   * The source folder whose structure the output repeats, relative to the package: `src` if `src/main.ts` becomes
   * `dist/main.js`. `.` for the package itself, or if there is no output.
   */
  outputRoot: string;
  /** The folder that `tsc` compiles, and its output folder; null if `tsc` emits nothing. */
  compiled: { from: string; to: string } | null;
  /** Which tsconfig would compile a config outside of `outputRoot`, and what harm that does; null if it does none. */
  stray(config: string): ConfigCompileProblem | null;
}

/** Names of the tsconfig, in order of search: Nest and others have a separate one for the build. */
const tsconfigNames = ['tsconfig.build.json', 'tsconfig.json'];

export function readTscBuild(root: string): TscBuildSettings {
  const tsconfig = tsconfigNames.find((name) => isFile(path.join(root, name)));
  const parsed = tsconfig && parse(root, tsconfig);
  if (!tsconfig || !parsed) return { outputRoot: '.', compiled: null, stray: () => null };
  const { folder, isSet } = findOutputRoot(root, parsed);
  const stray = (config: string): ConfigCompileProblem | null => {
    if (folder === '.' || isInside(folder, config) || !isCompiled(root, config, parsed)) return null;
    return { tsconfig, folder, isError: isSet, reason: strayReason(config, folder, isSet) };
  };
  return { outputRoot: folder, compiled: compiledOf(root, folder, parsed.options), stray };
}

function strayReason(config: string, folder: string, isSet: boolean): string {
  if (isSet) return `tsc compiles ${config} too, which lies outside of its "rootDir" (TS6059)`;
  return `tsc compiles ${config} too, which moves the output of ${folder}/ one folder down`;
}

/** Parses a tsconfig as far as possible. Its mistakes are for `tsc` to report. */
function parse(root: string, name: string): ts.ParsedCommandLine {
  const file = path.join(root, name);
  const { config } = ts.readConfigFile(file, (from) => ts.sys.readFile(from));
  return ts.parseJsonConfigFileContent(config ?? {}, ts.sys, root, undefined, file);
}

/**
 * The folder whose structure the output repeats: `rootDir` or, before TypeScript 6, the folder that all files share.
 */
function findOutputRoot(
  root: string,
  { options, fileNames }: ts.ParsedCommandLine,
): { folder: string; isSet: boolean } {
  if (options.rootDir) return { folder: within(root, options.rootDir), isSet: true };
  const isImplied = options.outDir && !options.noEmit && !options.composite && readTypeScriptVersion(root).major < 6;
  if (!isImplied) return { folder: '.', isSet: false };
  const folders = fileNames
    .filter((file) => !/\.d\.[cm]?ts$|\.json$/.test(file) && !isRootConfig(root, file))
    .map((file) => path.relative(root, path.dirname(file)).split(path.sep));
  const folder = commonStart(folders).join('/') || '.';
  return { folder: runsFrom(root, options.outDir, folder) ? '.' : folder, isSet: false };
}

function compiledOf(root: string, from: string, { outDir, noEmit }: ts.CompilerOptions): TscBuildSettings['compiled'] {
  const to = outDir === undefined || noEmit ? '.' : within(root, outDir);
  return to === '.' ? null : { from, to };
}

function within(root: string, rootDir: string): string {
  const relative = path.relative(root, rootDir).split(path.sep).join('/');
  return relative === '' || relative.startsWith('..') ? '.' : relative;
}

function isRootConfig(root: string, file: string): boolean {
  return path.dirname(file) === path.normalize(root) && path.basename(file).startsWith('cairnloop.config.');
}

function commonStart([first = [], ...others]: readonly string[][]): string[] {
  const end = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return end < 0 ? first : first.slice(0, end);
}

/** Whether package.json names files such as `dist/src/main.js`: then the output folder repeats the source folder. */
function runsFrom(root: string, outDir: string | undefined, folder: string): boolean {
  const text = readTextFileIfAny(path.join(root, 'package.json')) ?? '';
  return text.includes(`${path.basename(outDir ?? '')}/${folder}/`);
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(`${folder}/`);
}

/**
 * Whether `tsc` compiles a file. A file that does not exist yet is compiled unless the tsconfig lists its files or
 * excludes it.
 */
function isCompiled(root: string, file: string, { fileNames, raw }: ts.ParsedCommandLine): boolean {
  if (isFile(path.join(root, file)))
    return fileNames.some((name) => path.relative(root, name) === path.normalize(file));
  const excluded: unknown = raw?.exclude;
  return !raw?.files && !raw?.include && !(Array.isArray(excluded) && excluded.includes(file));
}
