/** Settings files of test runners, and the values that they hold. Nothing is run. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import type { TestFileLocation } from '../gen/host-snapshot.js';
import { isFile, isFolder } from './folders.js';
import { readKeyValuePairs } from './prettier-settings.js';
import { readJsonSettings, type ToolSettings } from './read-json-settings.js';
import { readTextFileIfAny } from './read-text-file.js';
import { readExportedSettings } from './script-settings.js';

export const testLocationOfAnyFile: TestFileLocation = {
  include: ['**/*'],
  patterns: [],
  exclude: [],
  excludePatterns: [],
};

/** Reads the settings file that the test command names, else the one whose name matches `own`; sets its `rootDir`. */
export function readTestRunnerSettings(root: string, words: readonly string[], own: RegExp): ToolSettings | undefined {
  const name =
    commandOptionValue(words, /^(--config|-c)$/)?.replace(/^\.\//, '') ?? namesIn(root).find((file) => own.test(file));
  return name === undefined || !/\.(json|ya?ml|[cm]?[jt]s)$|rc$/.test(name)
    ? undefined
    : readSettingsWithRootDir(root, name);
}

export function readSettingsWithRootDir(root: string, name: string): ToolSettings {
  const settings = readSettingsFile(path.join(root, name));
  return { ...settings, rootDir: resolveRootDir(path.posix.dirname(name), settings) };
}

/** The `rootDir` of a settings file, relative to the package; `folder` is the folder of the file. */
export function resolveRootDir(folder: string, { rootDir }: ToolSettings): string {
  return path.posix.join(folder, String(rootDir ?? '.').replace('<rootDir>', '.'));
}

function namesIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder) : [];
}

/**
 * The folders and files of the host that a project's name or glob stands for; a folder with a package.json is another
 * package, where no test of this one belongs.
 */
export function findTestProjectPaths(root: string, given: string): string[] {
  const glob = normalizeGlob(given).replace(/\/$/, '');
  const options = { cwd: root, onlyFiles: false, ignore: ['**/node_modules/**'] };
  const found = glob.includes('*') ? globSync(glob, options).map((one) => one.replace(/\/$/, '')) : [glob];
  return found.filter((one) => one === '.' || !isFile(path.join(root, one, 'package.json')));
}

/** The value of `--name value` or `--name=value`. */
export function commandOptionValue(words: readonly string[], name: RegExp): string | undefined {
  const at = words.findIndex((word) => name.test(word.split('=')[0] ?? ''));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

/** The arguments of a command that are no options and no values of the options that `valued` matches. */
export function commandOperands(words: readonly string[], valued: RegExp): string[] {
  return words.filter((word, at) => !word.startsWith('-') && !valued.test(words[at - 1] ?? ''));
}

export function readSettingsFile(file: string): ToolSettings {
  if (/\.[cm]?[jt]s$/.test(file)) return readExportedSettings(readTextFileIfAny(file) ?? '');
  if (/\.ya?ml$|\.taprc$/.test(file)) return readYaml(readTextFileIfAny(file) ?? '');
  return readJsonSettings(file) ?? {};
}

/** Reads simple YAML: keys at the top level, each with a scalar or a list of scalars. */
function readYaml(text: string): ToolSettings {
  const lists = [...text.matchAll(/^(\w+):[ \t]*\r?\n((?:[ \t]*-.*(?:\r?\n|$))+)/gm)].map(
    ([, key = '', lines = '']) => [
      key,
      [...lines.matchAll(/-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*$/gm)].map(([, value]) => value),
    ],
  );
  return { ...readKeyValuePairs(text), ...Object.fromEntries(lists) };
}

export function nonEmptyStringsIn(value: unknown): string[] {
  return [value].flat(3).filter((entry) => typeof entry === 'string' && entry !== '') as string[];
}

/** Normalises a path or glob: relative to the package, without `./`. */
export function normalizeGlob(glob: string): string {
  return path.posix.normalize(glob).replace(/^\//, '');
}

/** Describes test files by globs relative to `folder`; a glob that begins with `!` excludes files. */
export function testLocationOfGlobs(globs: readonly string[], folder = '.'): TestFileLocation {
  const at = (glob: string) => normalizeGlob(path.posix.join(folder, glob));
  return {
    ...testLocationOfAnyFile,
    include: globs.filter((glob) => !glob.startsWith('!')).map(at),
    exclude: globs.filter((glob) => glob.startsWith('!')).map((glob) => at(glob.slice(1))),
  };
}

/** The glob for an argument of a test command: a glob or file unchanged, a folder as all files below it. */
export function toTestGlob(word: string): string {
  return /\*|\.[cm]?[jt]sx?$/.test(word) ? normalizeGlob(word) : `${normalizeGlob(word).replace(/\/$/, '')}/**/*`;
}
