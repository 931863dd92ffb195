/** Where the host's test runner looks for tests, read from its settings and its command. Nothing is run. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { TestPlaces, TestRunner } from '../gen/host-snapshot.js';
import type { PackageJson } from './package-json.js';
import { readPairs } from './prettier-settings.js';
import { readJson, type Settings } from './read-json.js';
import { readTextIfAny } from './read-text.js';
import { readScriptSettings } from './script-settings.js';

const everywhere: TestPlaces = { include: ['**/*'], patterns: [], exclude: [], excludePatterns: [] };

export function readTestPlaces(root: string, runner: TestRunner, json: PackageJson): TestPlaces {
  const script = String(json.scripts?.test ?? '');
  const readers: Partial<Record<TestRunner, () => TestPlaces>> = {
    jest: () => jestPlaces({ ...(json.jest as Settings), ...settingsOf(root, script, /^jest\.config\./) }),
    vitest: () =>
      vitestPlaces(settingsOf(root, script, /^vitest\.config\./) ?? settingsOf(root, script, /^vite\.config\./) ?? {}),
    mocha: () => mochaPlaces({ ...Object(json.mocha), ...settingsOf(root, script, /^\.mocharc\./) }, script),
    japa: () => japaPlaces(root),
    node: () => nodePlaces(script),
  };
  return readers[runner]?.() ?? everywhere;
}

/** Settings of the test runner: from the file that the script names, else from the runner's default file. */
function settingsOf(root: string, script: string, own: RegExp): Settings | undefined {
  const named = /(?:--config|-c)[ =](\S+\.(?:json|[cm]?[jt]s))\b/.exec(script)?.[1];
  const name = named ?? readdirSync(root).find((file) => own.test(file));
  if (name === undefined) return undefined;
  const settings = readFile(path.join(root, name));
  const rootDir = path.posix.join(path.posix.dirname(name), String(settings.rootDir ?? '.').replace('<rootDir>', '.'));
  return { ...settings, rootDir };
}

function readFile(file: string): Settings {
  if (/\.[cm]?[jt]s$/.test(file)) return readScriptSettings(readTextIfAny(file) ?? '');
  if (/\.ya?ml$/.test(file)) return readYaml(readTextIfAny(file) ?? '');
  return readJson(file) ?? {};
}

/** Flat keys, and lists of one level. */
function readYaml(text: string): Settings {
  const lists = [...text.matchAll(/^(\w+):[ \t]*\r?\n((?:[ \t]*-.*(?:\r?\n|$))+)/gm)].map(
    ([, key = '', lines = '']) => [
      key,
      [...lines.matchAll(/-[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t]*$/gm)].map(([, value]) => value),
    ],
  );
  return { ...readPairs(text), ...Object.fromEntries(lists) };
}

function listOf(value: unknown): string[] {
  return [value].flat(3).filter((entry) => typeof entry === 'string' && entry !== '') as string[];
}

/** Relative to the package, without `./`. */
function tidy(glob: string): string {
  return path.posix.normalize(glob).replace(/^\//, '');
}

const jestDefaults = ['**/__tests__/**/*.?([mc])[jt]s?(x)', '**/?(*.)+(spec|test).?([mc])[jt]s?(x)'];

function jestPlaces(given: Settings): TestPlaces {
  const [project] = [given.projects].flat().filter((entry) => typeof entry === 'object' && entry !== null);
  const settings = { ...given, ...(project as Settings) };
  const rootDir = tidy(typeof settings.rootDir === 'string' ? settings.rootDir.replace('<rootDir>', '.') : '.');
  const inRoot = (text: string) => tidy(text.replace('<rootDir>', rootDir));
  const roots = settings.roots === undefined ? [rootDir] : listOf(settings.roots).map(inRoot);
  const patterns = listOf(settings.testRegex).map((text) =>
    text.replace('<rootDir>', rootDir === '.' ? '' : `/${rootDir}`),
  );
  const globs = settings.testMatch === undefined ? jestDefaults : listOf(settings.testMatch);
  const ignored = listOf(settings.testPathIgnorePatterns).map((text) =>
    text.replace('<rootDir>', `/${rootDir}`).replace('/./', '/'),
  );
  return {
    include: patterns.length > 0 ? [] : globs.filter((glob) => !glob.startsWith('!')).map(inRoot),
    patterns,
    exclude: globs.filter((glob) => glob.startsWith('!')).map((glob) => inRoot(glob.slice(1))),
    excludePatterns: ignored,
    roots: roots.filter((folder) => folder !== '.'),
  };
}

const vitestDefaults = ['**/*.{test,spec}.?(c|m)[jt]s?(x)'];

/** The includes of inline projects count together: each is run. */
function vitestPlaces(settings: Settings): TestPlaces {
  const test = Object(settings.test) as Settings;
  const projects = [test.projects ?? test.workspace].flat().map((entry) => Object(Object(entry).test) as Settings);
  const own = [test, ...projects].filter(({ include }) => listOf(include).length > 0);
  const folder = tidy(String(test.dir ?? test.root ?? settings.root ?? '.'));
  const include = own.length === 0 ? vitestDefaults : own.flatMap((one) => listOf(one.include));
  return {
    include: include.map((glob) => tidy(path.posix.join(folder, glob))),
    patterns: [],
    exclude: own.length > 1 ? [] : listOf(test.exclude).map(tidy),
    excludePatterns: [],
  };
}

function mochaPlaces(settings: Settings, script: string): TestPlaces {
  const given = [...listOf(settings.spec), ...specsIn(script)];
  const isDeep = settings.recursive === true || /--recursive\b/.test(script);
  const specs = given.length === 0 ? ['test'] : given;
  const include = specs.map((spec) =>
    /\*|\.\w+$/.test(spec) ? tidy(spec) : `${tidy(spec)}${isDeep ? '/**/*' : '/*'}`,
  );
  return {
    include,
    patterns: [],
    exclude: listOf(settings.ignore ?? settings.exclude).map(tidy),
    excludePatterns: [],
  };
}

const mochaValues =
  /^(-r|--require|-R|--reporter|-t|--timeout|--import|--loader|-n|--node-option|--extension|--config|-g|--grep|-f|--fgrep|-u|--ui|--file|--ignore|--exclude|--slow|--retries|-j|--jobs)$/;

/** What stands behind `mocha` and is neither an option nor the value of one. */
function specsIn(script: string): string[] {
  const words = wordsAfter(script, /\bmocha\b/);
  return words.filter((word, at) => !word.startsWith('-') && !mochaValues.test(words[at - 1] ?? ''));
}

/** The words of a command behind a program, up to the next command. */
function wordsAfter(script: string, program: RegExp): string[] {
  const found = program.exec(script);
  if (!found) return [];
  const rest = script.slice(found.index + found[0].length).split(/&&|\|\||;|\|/)[0] ?? '';
  return [...rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

const nodeDefaults = [
  '**/*.test.?(c|m)[jt]s',
  '**/*-test.?(c|m)[jt]s',
  '**/*_test.?(c|m)[jt]s',
  '**/test/**/*.?(c|m)[jt]s',
];

/** A host whose script runs no tests has no runner yet that could look elsewhere. */
function nodePlaces(script: string): TestPlaces {
  if (!/--test\b/.test(script)) return everywhere;
  const words = wordsAfter(script, /--test\b/).filter((word) => !word.startsWith('-'));
  const paths = words.filter((word) => /[*/]|\.[cm]?[jt]s$/.test(word) && !/^[\w@-]+\/register$/.test(word));
  const include = paths.map((word) =>
    /\*|\.[cm]?[jt]s$/.test(word) ? tidy(word) : `${tidy(word).replace(/\/$/, '')}/**/*`,
  );
  return { ...everywhere, include: include.length === 0 ? nodeDefaults : include };
}

/** Adonis keeps the suites of Japa in its own settings; elsewhere the file that runs the tests names them. */
function japaPlaces(root: string): TestPlaces {
  const texts = ['adonisrc.ts', 'bin/test.ts', 'bin/test.js'].map((file) => readTextIfAny(path.join(root, file)) ?? '');
  const quoted = texts.flatMap((text) => [...text.matchAll(/['"]([\w./*{}(),|?+@!-]*\*[^'"]*)['"]/g)]);
  const globs = quoted.map(([, glob = '']) => tidy(glob)).filter((glob) => /\.[cm]?[jt]s|\bts\b/.test(glob));
  return { ...everywhere, include: globs.length === 0 ? ['tests/**/*.spec.{ts,js}'] : globs };
}
