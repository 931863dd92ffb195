/** Finds how the host names files, writes tests and logs: by the rules of its linter, else from its own files. */
import path from 'node:path';
import picomatch from 'picomatch';
import { globSync } from 'tinyglobby';
import { detectFileNameCase, type FileNameCase, fileNameCases } from '../gen/file-name-case.js';
import type { HostSnapshot } from '../gen/host-snapshot.js';
import type { LintSettings } from './lint-settings.js';
import type { PackageJson } from './package-json.js';
import { readTextFileIfAny } from './read-text-file.js';

type CodingConventions = Pick<
  HostSnapshot,
  'fileCase' | 'testFunction' | 'testSuffix' | 'noConsole' | 'importsProcess'
>;

export interface CodingConventionSources {
  root: string;
  /** The folder of the host's code; `.` for the package itself. */
  sourceFolder: string;
  lint: LintSettings;
  json: PackageJson;
  dependencies: readonly string[];
}

export function readCodingConventions({
  root,
  sourceFolder,
  lint,
  json,
  dependencies,
}: CodingConventionSources): CodingConventions {
  const files = sourceFiles(root);
  const tests = files.filter((file) => /[._-](test|spec)\.[cm]?[jt]sx?$/.test(file));
  const others = files.filter((file) => !tests.includes(file) && /(?<!\.d)\.[cm]?[jt]s$/.test(file));
  const specs = tests.filter((file) => /[._-]spec\./.test(file));
  const isSpecOnly = String(json.jest?.testRegex ?? '').includes('spec');
  return {
    fileCase: findFileCase(lint, path.posix.join(sourceFolder, 'cairnloop/a.ts'), others),
    testFunction: testFunctionRule(lint) ?? usualTestFunction(root, tests),
    testSuffix: isSpecOnly || specs.length * 2 > tests.length ? 'spec' : 'test',
    noConsole: refusesConsole(lint),
    importsProcess: refusesGlobalProcess(lint, dependencies),
  };
}

/** A sample of the host's source files, those in the shallowest folders first. */
function sourceFiles(root: string): string[] {
  const ignore = ['**/node_modules/**', '**/{dist,build,out,coverage}/**', '**/.*/**'];
  const files = globSync('**/*.{ts,js,mts,mjs,cts,cjs,tsx,jsx}', { cwd: root, deep: 5, ignore });
  const depth = (file: string) => file.split('/').length;
  return files.sort((a, b) => depth(a) - depth(b) || a.localeCompare(b)).slice(0, 400);
}

function findFileCase(lint: LintSettings, sample: string, files: readonly string[]): FileNameCase {
  const allowed = caseRule(lint, sample);
  const usual = usualCase(files);
  if (allowed.length === 0 || (usual && allowed.includes(usual))) return usual ?? 'kebab';
  return allowed.includes('kebab') ? (usual === 'kind' ? usual : 'kebab') : (allowed[0] ?? 'kebab');
}

/** The case of file names, such as camel case, that most names of two or more words have. */
function usualCase(files: readonly string[]): FileNameCase | undefined {
  const seen = files
    .map((file) => detectFileNameCase(path.posix.basename(file)))
    .filter((found) => found !== undefined);
  return fileNameCases.find((one) => seen.filter((found) => found === one).length * 2 > Math.max(seen.length, 2));
}

/** The cases of file names that the linter allows; empty if no rule is set. */
function caseRule(lint: LintSettings, sample: string): FileNameCase[] {
  const unicorn = lint.rule('filename-case');
  if (unicorn) return casesIn(optionsOf(unicorn), 'kebab');
  const biome = biomeRule(lint, 'style', 'useFilenamingConvention');
  if (biome) return casesIn(Object(Object(biome).options).filenameCases, 'kebab');
  const patterns = Object.entries(Object(optionsOf(lint.rule('filename-naming-convention'))));
  return casesIn(patterns.findLast(([glob]) => picomatch.isMatch(sample, glob, { dot: true }))?.[1]);
}

function optionsOf(rule: unknown): unknown {
  return Array.isArray(rule) ? (rule[1] ?? {}) : {};
}

/**
 * Finds the cases of file names, such as camel case, that the options of a lint rule name: `{ case: 'camelCase' }`,
 * `{ cases: { camelCase: true } }`, `KEBAB_CASE`.
 */
function casesIn(value: unknown, fallback?: FileNameCase): FileNameCase[] {
  const text = JSON.stringify(value ?? '')
    .replaceAll(/"\w+":false/g, '')
    .toLowerCase()
    .replaceAll(/[_-]/g, '');
  const found = fileNameCases.filter((name) => new RegExp(`"${name}(case)?"`).test(text));
  return found.length > 0 || fallback === undefined ? found : [fallback];
}

/**
 * The test function that a lint rule requires. Outside of `describe` its default is `test` in the plugins of Jest and
 * Vitest, and `it` in Biome.
 */
function testFunctionRule(lint: LintSettings): 'it' | 'test' | undefined {
  const plugin = lint.rule('consistent-test-it');
  if (plugin) return Object(optionsOf(plugin)).fn === 'it' ? 'it' : 'test';
  const biome = biomeRule(lint, 'nursery', 'useConsistentTestIt');
  if (!biome) return undefined;
  return Object(Object(biome).options).function === 'test' ? 'test' : 'it';
}

function usualTestFunction(root: string, tests: readonly string[]): 'it' | 'test' | undefined {
  const texts = tests.slice(0, 40).map((file) => readTextFileIfAny(path.join(root, file)) ?? '');
  const count = (name: string) =>
    texts.filter((text) => new RegExp(`^\\s*${name}(\\.\\w+)*\\(`, 'm').test(text)).length;
  const [its, others] = [count('it'), count('test')];
  return its === others ? undefined : its > others ? 'it' : 'test';
}

/** Whether the linter refuses `console.info` or `console.warn`, with which the generated notifier logs. */
function refusesConsole(lint: LintSettings): boolean {
  const rule = lint.rule('no-console') ?? biomeRule(lint, 'suspicious', 'noConsole');
  if (!rule) return false;
  const allowed = JSON.stringify(Object(Array.isArray(rule) ? rule[1] : Object(rule).options).allow ?? []);
  return !(allowed.includes('"info"') && allowed.includes('"warn"'));
}

/** Whether the linter refuses the global `process`, from which a config reads its variables. XO does so by default. */
function refusesGlobalProcess(lint: LintSettings, dependencies: readonly string[]): boolean {
  const rule = lint.rule('process');
  if (Array.isArray(rule)) return rule.includes('never');
  return Boolean(biomeRule(lint, 'correctness', 'noProcessGlobal')) || dependencies.includes('xo');
}

/** The setting of a Biome rule, which is enabled by its own name, by its group or by a preset. */
function biomeRule(lint: LintSettings, group: string, name: string): unknown {
  const own = lint.rule(name);
  if (own !== undefined) return own;
  const all = lint.rule(group) ?? (lint.rule('preset') === 'all' ? 'on' : undefined);
  return typeof all === 'string' ? all : undefined;
}
