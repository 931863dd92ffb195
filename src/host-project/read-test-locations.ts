/** Where the host's test runner looks for tests, read from its settings and its command. Nothing is run. */
import path from 'node:path';
import type { TestFileLocation } from '../gen/host-snapshot.js';
import { jestTestLocations } from './jest-test-locations.js';
import type { PackageJson } from './package-json.js';
import { readTextFileIfAny } from './read-text-file.js';
import type { TestCommand } from './test-command.js';
import {
  commandOperands,
  nonEmptyStringsIn,
  normalizeGlob,
  readSettingsFile,
  readTestRunnerSettings,
  testLocationOfAnyFile,
  testLocationOfGlobs,
  toTestGlob,
} from './test-settings.js';
import { vitestTestLocations } from './vitest-test-locations.js';

export function readTestLocations(
  root: string,
  { runner, words, script }: TestCommand,
  json: PackageJson,
): readonly TestFileLocation[] {
  switch (runner) {
    case 'jest':
      return jestTestLocations(root, words, json);
    case 'vitest':
      return vitestTestLocations(root, words);
    case 'mocha':
      return [mochaPlace({ ...Object(json.mocha), ...readTestRunnerSettings(root, words, /^\.mocharc\./) }, words)];
    case 'japa':
      return [japaPlace(root, script)];
    case 'ava':
      return [avaPlace({ ...Object(json.ava), ...readTestRunnerSettings(root, words, /^ava\.config\./) }, words)];
    case 'uvu':
      return [uvuPlace(words)];
    case 'tape':
      return [commandPlace(words, tapeValues)];
    case 'tap':
      return [tapPlace({ ...Object(json.tap), ...readSettingsFile(path.join(root, '.taprc')) }, words)];
    case 'jasmine':
      return [jasminePlace(root)];
    case 'bun':
      return [bunPlace(readTextFileIfAny(path.join(root, 'bunfig.toml')) ?? '')];
    case 'deno':
      return [testLocationOfGlobs(['**/{*_,*.,}test.{ts,tsx,mts,js,mjs,jsx}', '**/__tests__/**/*'])];
    case 'node':
      return [nodePlace(words, script)];
  }
}

function mochaPlace(settings: Record<string, unknown>, words: readonly string[]): TestFileLocation {
  const given = [...nonEmptyStringsIn(settings.spec), ...commandOperands(words, mochaValues)];
  const isDeep = settings.recursive === true || words.includes('--recursive');
  const specs = given.length === 0 ? ['test'] : given;
  const include = specs.map((spec) =>
    /\*|\.\w+$/.test(spec) ? normalizeGlob(spec) : `${normalizeGlob(spec)}${isDeep ? '/**/*' : '/*'}`,
  );
  return {
    ...testLocationOfAnyFile,
    include,
    exclude: nonEmptyStringsIn(settings.ignore ?? settings.exclude).map(normalizeGlob),
  };
}

const mochaValues =
  /^(-r|--require|-R|--reporter|-t|--timeout|--import|--loader|-n|--node-option|--extension|--config|-g|--grep|-f|--fgrep|-u|--ui|--file|--ignore|--exclude|--slow|--retries|-j|--jobs)$/;

/** The test files that a command lists as files and globs: anywhere in the package if it lists none. */
function commandPlace(words: readonly string[], valued: RegExp): TestFileLocation {
  const operands = commandOperands(words, valued);
  return operands.length === 0 ? testLocationOfAnyFile : testLocationOfGlobs(operands.map(toTestGlob));
}

const tapeValues = /^(-r|--require|--import|-i|--ignore|--ignore-pattern)$/;

const nodeDefaults = [
  '**/*.test.?(c|m)[jt]s',
  '**/*-test.?(c|m)[jt]s',
  '**/*_test.?(c|m)[jt]s',
  '**/test/**/*.?(c|m)[jt]s',
];

/** Where Node's test runner looks for tests. A host that does not use it yet may put tests anywhere. */
function nodePlace(words: readonly string[], script: string): TestFileLocation {
  if (!/\s--test\b|\bborp\b/.test(script)) return testLocationOfAnyFile;
  const given = commandOperands(words, nodeValues).filter((word) => /[*/]|\.[cm]?[jt]s$/.test(word));
  return testLocationOfGlobs(given.length === 0 ? nodeDefaults : given.map(toTestGlob));
}

const nodeValues =
  /^(-r|--require|--import|--loader|--experimental-loader|--env-file(-if-exists)?|-C|--conditions|--test-(?!only$|force-exit$|update-snapshots$)[\w-]+)$/;

/** Adonis keeps the suites of Japa in its own settings; elsewhere the file that runs the tests names them. */
function japaPlace(root: string, script: string): TestFileLocation {
  const run = [...script.matchAll(/[\w./-]+\.[cm]?[jt]s\b/g)].map(([file]) => file);
  const files = ['adonisrc.ts', 'bin/test.ts', 'bin/test.js', ...run];
  const texts = files.map((file) => readTextFileIfAny(path.join(root, file)) ?? '');
  const quoted = texts.flatMap((text) => [...text.matchAll(/['"]([\w./*{}(),|?+@!-]*\*[^'"]*)['"]/g)]);
  const globs = quoted.map(([, glob = '']) => normalizeGlob(glob)).filter((glob) => /\.[cm]?[jt]s|\bts\b/.test(glob));
  return testLocationOfGlobs(globs.length === 0 ? ['tests/**/*.spec.{ts,js}'] : globs);
}

const avaDefaults = [
  '**/*.test.*',
  '**/*.spec.*',
  '**/test-*.*',
  '**/test/**/*',
  '**/tests/**/*',
  '**/__tests__/**/*',
  '!**/__tests__/**/__{helper,fixture}?(s)__/**/*',
  '!**/test?(s)/**/{helper,fixture}?(s)/**/*',
];

/** AVA takes JavaScript only, where its settings name no other extension and no compiler. */
function avaPlace(settings: Record<string, unknown>, words: readonly string[]): TestFileLocation {
  const given =
    [commandOperands(words, avaValues), nonEmptyStringsIn(settings.files)].find((globs) => globs.length > 0) ?? [];
  const isOwn = given.some((glob) => !glob.startsWith('!'));
  const globs = isOwn ? given : [...avaDefaults, ...given];
  const { extensions = ['js', 'cjs', 'mjs'] } = settings;
  const listed = Array.isArray(extensions) ? nonEmptyStringsIn(extensions) : Object.keys(Object(extensions));
  const compiled = settings.typescript ? ['ts', 'cts', 'mts'] : [];
  const place = testLocationOfGlobs(globs.map((glob) => (glob.startsWith('!') ? glob : toTestGlob(glob))));
  return { ...place, only: `\\.(${[...listed, ...compiled].join('|')})$` };
}

const avaValues = /^(--config|--concurrency|-c|--match|-m|--timeout|-T|--node-arguments|--color|--host|--port)$/;

const uvuDefault = '((\\/|^)(tests?|__tests?__)\\/.*|\\.(tests?|spec)|^\\/?tests?)\\.([mc]js|[jt]sx?)$';

/** Where `uvu [dir] [pattern]` looks for tests; `pattern` matches paths relative to `dir`. */
function uvuPlace(words: readonly string[]): TestFileLocation {
  const [dir, pattern = dir === undefined ? uvuDefault : '\\w+\\.([mc]js|[jt]sx?)$'] = commandOperands(
    words,
    uvuValues,
  );
  const folder = normalizeGlob(dir ?? '.').replace(/\/$/, '');
  const start = folder === '.' ? '^/' : `^/${folder}/`;
  return {
    ...testLocationOfAnyFile,
    include: [],
    patterns: [pattern.replace(/^\^(?!\/\?)/, start)],
    roots: folder === '.' ? [] : [folder],
    excludePatterns: ignoredByUvu(words),
  };
}

const uvuValues = /^(-r|--require|-i|--ignore|-C|--cwd|--import|--loader)$/;

function ignoredByUvu(words: readonly string[]): string[] {
  return words.filter((_, at) => /^(-i|--ignore)$/.test(words[at - 1] ?? ''));
}

const tapDefaults = ['**/{test,tests,__tests__}/**/*.*', '**/*.{test,tests,spec}.*', '**/{test,tests,spec}.*'];

/** Where tap looks for tests: its settings name the globs as `include` since version 18, as `files` before. */
function tapPlace(settings: Record<string, unknown>, words: readonly string[]): TestFileLocation {
  const operands = commandOperands(
    words,
    /^(-[RjtcAa]|--(reporter|jobs|timeout|plugin|before|after|include|exclude))$/,
  );
  const lists = [
    operands.filter((word) => word !== 'run'),
    nonEmptyStringsIn(settings.include),
    nonEmptyStringsIn(settings.files),
  ];
  const given = lists.find((globs) => globs.length > 0);
  const exclude = nonEmptyStringsIn(settings.exclude).map((glob) => `!${glob}`);
  return testLocationOfGlobs([...(given?.map(toTestGlob) ?? tapDefaults), ...exclude]);
}

function jasminePlace(root: string): TestFileLocation {
  const names = ['json', 'js', 'mjs', 'cjs'].map((end) => `spec/support/jasmine.${end}`);
  const settings = Object.assign({}, ...names.map((name) => readSettingsFile(path.join(root, name))));
  const files = nonEmptyStringsIn(settings.spec_files);
  return testLocationOfGlobs(files.length > 0 ? files : ['**/*[sS]pec.?(m)js'], String(settings.spec_dir ?? 'spec'));
}

/** Where Bun looks for tests: below the `root` that the section `[test]` of bunfig.toml sets. */
function bunPlace(settings: string): TestFileLocation {
  const [, folder = '.'] = /^\s*root\s*=\s*["']([^"']+)["']/m.exec(settings.split(/^\[test\]/m)[1] ?? '') ?? [];
  return testLocationOfGlobs(['**/*{.,_}{test,spec}.{js,jsx,ts,tsx,mjs,cjs,mts,cts}'], folder);
}
