/** Settings files of test runners, and the values that they hold. Nothing is run. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import type { TestPlace } from '../gen/host-snapshot.js';
import { isFile, isFolder } from './folders.js';
import { readPairs } from './prettier-settings.js';
import { readJson, type Settings } from './read-json.js';
import { readTextIfAny } from './read-text.js';
import { readScriptSettings } from './script-settings.js';

export const everywhere: TestPlace = { include: ['**/*'], patterns: [], exclude: [], excludePatterns: [] };

/** Reads the settings file that the test command names, else the one whose name matches `own`; sets its `rootDir`. */
export function settingsOf(root: string, words: readonly string[], own: RegExp): Settings | undefined {
  const name = optionOf(words, /^(--config|-c)$/)?.replace(/^\.\//, '') ?? namesIn(root).find((file) => own.test(file));
  return name === undefined || !/\.(json|ya?ml|[cm]?[jt]s)$|rc$/.test(name) ? undefined : settingsAt(root, name);
}

export function settingsAt(root: string, name: string): Settings {
  const settings = readSettings(path.join(root, name));
  return { ...settings, rootDir: rootDirBelow(path.posix.dirname(name), settings) };
}

/** The `rootDir` of a settings file, relative to the package; `folder` is the folder of the file. */
export function rootDirBelow(folder: string, { rootDir }: Settings): string {
  return path.posix.join(folder, String(rootDir ?? '.').replace('<rootDir>', '.'));
}

function namesIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder) : [];
}

/**
 * The folders and files of the host that a project's name or glob stands for; a folder with a package.json is another
 * package, where no test of this one belongs.
 */
export function expandProjects(root: string, given: string): string[] {
  const glob = tidy(given).replace(/\/$/, '');
  const options = { cwd: root, onlyFiles: false, ignore: ['**/node_modules/**'] };
  const found = glob.includes('*') ? globSync(glob, options).map((one) => one.replace(/\/$/, '')) : [glob];
  return found.filter((one) => one === '.' || !isFile(path.join(root, one, 'package.json')));
}

/** The value of `--name value` or `--name=value`. */
export function optionOf(words: readonly string[], name: RegExp): string | undefined {
  const at = words.findIndex((word) => name.test(word.split('=')[0] ?? ''));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

/** The arguments of a command that are no options and no values of the options that `valued` matches. */
export function operandsOf(words: readonly string[], valued: RegExp): string[] {
  return words.filter((word, at) => !word.startsWith('-') && !valued.test(words[at - 1] ?? ''));
}

export function readSettings(file: string): Settings {
  if (/\.[cm]?[jt]s$/.test(file)) return readScriptSettings(readTextIfAny(file) ?? '');
  if (/\.ya?ml$|\.taprc$/.test(file)) return readYaml(readTextIfAny(file) ?? '');
  return readJson(file) ?? {};
}

/** Reads simple YAML: keys at the top level, each with a scalar or a list of scalars. */
function readYaml(text: string): Settings {
  const lists = [...text.matchAll(/^(\w+):[ \t]*\r?\n((?:[ \t]*-.*(?:\r?\n|$))+)/gm)].map(
    ([, key = '', lines = '']) => [
      key,
      [...lines.matchAll(/-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*$/gm)].map(([, value]) => value),
    ],
  );
  return { ...readPairs(text), ...Object.fromEntries(lists) };
}

export function listOf(value: unknown): string[] {
  return [value].flat(3).filter((entry) => typeof entry === 'string' && entry !== '') as string[];
}

/** Normalises a path or glob: relative to the package, without `./`. */
export function tidy(glob: string): string {
  return path.posix.normalize(glob).replace(/^\//, '');
}

/** Describes test files by globs relative to `folder`; a glob that begins with `!` excludes files. */
export function placeOf(globs: readonly string[], folder = '.'): TestPlace {
  const at = (glob: string) => tidy(path.posix.join(folder, glob));
  return {
    ...everywhere,
    include: globs.filter((glob) => !glob.startsWith('!')).map(at),
    exclude: globs.filter((glob) => glob.startsWith('!')).map((glob) => at(glob.slice(1))),
  };
}

/** The glob for an argument of a test command: a glob or file unchanged, a folder as all files below it. */
export function belowFolder(word: string): string {
  return /\*|\.[cm]?[jt]sx?$/.test(word) ? tidy(word) : `${tidy(word).replace(/\/$/, '')}/**/*`;
}
