/** Reads the tsconfig of a host's file as TypeScript does, but tolerates missing parts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ts } from 'ts-morph';
import { loadTypeScriptCompiler } from './compiler.js';
import { findTrustedFolders, isTrustedFile } from './trusted-folders.js';

export interface Tsconfig {
  file: string;
  options: ts.CompilerOptions;
  /** False if a file that the tsconfig extends is missing: not installed, or not generated yet. */
  isWhole: boolean;
}

const names = ['tsconfig.json', 'jsconfig.json'];

/** Finds the nearest tsconfig or jsconfig in the folder or above it, without files of other users. */
export function findTsconfig(folder: string): string | undefined {
  for (const above of findTrustedFolders(folder).folders) {
    const name = names.find((one) => isTrustedFile(path.join(above, one), folder));
    if (name) return path.join(above, name);
  }
  return undefined;
}

/** Reads a tsconfig. One that only lists references is replaced by its first reference that is not for tests. */
export function readTsconfig(file: string, depth = 0): Tsconfig {
  const ts = loadTypeScriptCompiler();
  const { config = {} } = ts.readConfigFile(file, readText);
  const host = { ...ts.sys, readDirectory: () => [] };
  const parsed = ts.parseJsonConfigFileContent(config, host, path.dirname(file), undefined, file);
  const projects = isSolutionTsconfig(config) && depth < 4 ? referredProjects(parsed.projectReferences ?? []) : [];
  const [project] = projects;
  if (project) return readTsconfig(project, depth + 1);
  return { file, options: parsed.options, isWhole: parsed.errors.every(({ code }) => !missingExtends.has(code)) };
}

/** TypeScript's error codes "File '{0}' not found", "Cannot read file '{0}'" and "Path '{0}' not found". */
export const missingExtends: ReadonlySet<number> = new Set([6053, 5083, 5012, 6096]);

export function isSolutionTsconfig(config: { files?: unknown; include?: unknown; references?: unknown }): boolean {
  const isEmpty = Array.isArray(config.files) && config.files.length === 0 && config.include === undefined;
  return isEmpty && Array.isArray(config.references) && config.references.length > 0;
}

function referredProjects(references: readonly ts.ProjectReference[]): string[] {
  const files = references
    .map((reference) => loadTypeScriptCompiler().resolveProjectReferencePath(reference))
    .filter((file) => readText(file) !== undefined);
  const isForTests = (file: string) => /\b(spec|test|tests|e2e|stories)\b/.test(path.basename(file));
  return [...files.filter((file) => !isForTests(file)), ...files.filter(isForTests)];
}

/** Import prefixes from `paths` and `baseUrl`, each with the absolute path of its first target that exists. */
export function pathAliases({ options, file }: Tsconfig): Record<string, string> {
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? path.dirname(file);
  const named = Object.entries(options.paths ?? {}).flatMap(([pattern, targets]) =>
    aliasesOf(
      pattern,
      targets.map((target) => path.resolve(base, target)),
    ),
  );
  const fromBase = options.baseUrl === undefined ? [] : aliasesOf('*', [path.join(options.baseUrl, '*')]);
  return Object.fromEntries([...fromBase, ...named]);
}

/** The import prefixes of one alias: `@app` for `@app/*`; for a bare `*`, every name in its folder. */
function aliasesOf(pattern: string, targets: readonly string[]): [string, string][] {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return targets.slice(0, 1).map((target) => [pattern, target]);
  const folders = targets.filter((target) => target.endsWith('*')).map((target) => target.slice(0, -1));
  const folder = folders.find((one) => loadTypeScriptCompiler().sys.directoryExists(one)) ?? folders[0];
  if (folder === undefined || tail !== '') return [];
  if (head.endsWith('/')) return [[head.slice(0, -1), folder.replace(/[\\/]$/, '')]];
  return namesIn(folder).map((name) => [head + name, path.join(folder, name)]);
}

function namesIn(folder: string): string[] {
  const { sys } = loadTypeScriptCompiler();
  const folders = sys.getDirectories(folder).filter((name) => name !== 'node_modules' && name !== 'cairnloop');
  const files = (sys.readDirectory(folder, undefined, undefined, ['*']) ?? [])
    .filter((file) => path.dirname(file) === path.normalize(folder).replace(/[\\/]$/, ''))
    .map((file) => path.basename(file).replace(/(\.d)?\.[cm]?[jt]sx?$/, ''));
  return [...new Set([...folders, ...files])];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
