/** Which test runner the host's `test` script calls, and with which arguments. Nothing is run. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { HostTestSetup, TestRunner } from '../gen/host-snapshot.js';
import type { PackageJson } from './package-json.js';

export interface TestCommand extends Pick<HostTestSetup, 'runner' | 'other'> {
  /** The arguments that the script passes to the test runner. */
  words: readonly string[];
  /** The text of the `test` script, with the scripts that it runs inserted. */
  script: string;
}

const runners: Record<string, TestRunner> = {
  vitest: 'vitest',
  jest: 'jest',
  mocha: 'mocha',
  _mocha: 'mocha',
  ava: 'ava',
  uvu: 'uvu',
  tape: 'tape',
  tap: 'tap',
  jasmine: 'jasmine',
  borp: 'node',
  'ace test': 'japa',
  'bun test': 'bun',
  'deno test': 'deno',
  'react-scripts test': 'jest',
  'egg-bin test': 'mocha',
};

/** Test runners that `gen` has no template for, by command. */
const otherRunners: Record<string, string> = {
  lab: 'Lab',
  qunit: 'QUnit',
  poku: 'Poku',
  rstest: 'Rstest',
  karma: 'Karma',
  playwright: 'Playwright',
  cypress: 'Cypress',
  wtr: 'Web Test Runner',
  'web-test-runner': 'Web Test Runner',
  testcafe: 'TestCafe',
  'cucumber-js': 'Cucumber',
  codeceptjs: 'CodeceptJS',
};

/** Finds the test runner: the first in the `test` script, else by a settings file, else by the host's dependencies. */
export function readTestCommand(root: string, json: PackageJson, dependencies: readonly string[]): TestCommand {
  const script = wholeScript(json.scripts ?? {});
  const commands = commandsIn(script);
  const named = first(commands, runnerAt);
  if (named) return { runner: named.found, words: named.words, other: null, script };
  const runner = runnerOfSettings(root) ?? listedRunner(dependencies);
  const foreign = runner === undefined && first(commands, otherRunnerAt);
  if (foreign) return { runner: 'node', words: [], other: { kind: 'runner', name: foreign.found }, script };
  const isUnknown = runner === undefined && script !== '';
  return {
    runner: runner ?? 'node',
    words: [],
    other: isUnknown ? { kind: 'script', name: json.scripts?.test ?? script } : null,
    script,
  };
}

function first<T>(commands: readonly string[][], at: (words: readonly string[], index: number) => T | undefined) {
  for (const words of commands) {
    for (const index of words.keys()) {
      const found = at(words, index);
      if (found !== undefined) return { found, words: words.slice(index + 1) };
    }
  }
  return undefined;
}

/** Options with a value that must not be mistaken for a program, e.g. `tap` in `--reporter tap`. */
const valued = /^(-r|-R|--require|--import|--loader|-p|--package|--(?:[\w-]+-)?reporter)$/;

function runnerAt(words: readonly string[], index: number): TestRunner | undefined {
  const program = programAt(words, index);
  if (program === undefined) return undefined;
  if (words[index] === '--test') return words.slice(0, index).some(isNode) ? 'node' : undefined;
  return Object.hasOwn(runners, program) ? runners[program] : runners[`${program} ${words[index + 1]}`];
}

function otherRunnerAt(words: readonly string[], index: number): string | undefined {
  const program = programAt(words, index);
  return program !== undefined && Object.hasOwn(otherRunners, program) ? otherRunners[program] : undefined;
}

/** The program that a word of a script calls: `vitest` for `./node_modules/vitest/vitest.mjs`. */
function programAt(words: readonly string[], index: number): string | undefined {
  if (valued.test(words[index - 1] ?? '')) return undefined;
  const [, installed] = /node_modules\/((?:@[\w.-]+\/)?[a-z\d][\w.-]*)\//.exec(words[index] ?? '') ?? [];
  return installed ?? path.posix.basename(words[index] ?? '').replace(/\.[cm]?js$/, '');
}

const isNode = (word: string) => /^(node|tsx)$/.test(path.posix.basename(word));

/** The text of the `test` script, else of all scripts such as `test:unit`, with the scripts that they run inserted. */
function wholeScript(scripts: Record<string, unknown>): string {
  const isMeant = (name: string) =>
    typeof scripts[name] === 'string' && !/no test specified/.test(String(scripts[name]));
  const others = ['test:unit', ...Object.keys(scripts).filter((name) => /^(test|unit)\b/.test(name))];
  const names = isMeant('test') ? ['test'] : others.filter(isMeant);
  return names.map((name) => inlined(scripts, name).trim()).join(' && ');
}

/** Inserts the text of the scripts that a script runs; a script that runs itself is not inserted again. */
function inlined(scripts: Record<string, unknown>, name: string): string {
  const { [name]: script, ...others } = scripts;
  const named = (pattern: string) => {
    const isMeant = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
    return Object.keys(others).filter((other) => isMeant.test(other));
  };
  return String(script)
    .replaceAll(/\b(?:npm|pnpm|yarn|bun)(?: run| run-script)?(?: -{1,2}[\w-]+)* ([\w:.-]+)/g, (whole, other) =>
      typeof others[other] === 'string' && !whole.startsWith('bun test') ? inlined(others, other) : whole,
    )
    .replaceAll(/\b(?:npm-run-all|run-s|run-p)((?: [\w:*.-]+)+)/g, (_, words: string) =>
      words
        .trim()
        .split(' ')
        .flatMap(named)
        .map((other) => inlined(others, other))
        .join(' && '),
    );
}

/** Splits a script into commands, and these into words. A quoted `node --test …` is split into words too. */
function commandsIn(script: string): string[][] {
  const commands: string[][] = [[]];
  for (const [, single, double, operator, plain] of script.matchAll(
    /'([^']*)'|"([^"]*)"|(&&|\|\||[;|&])|([^\s;|&'"]+)/g,
  )) {
    if (operator) commands.push([]);
    else commands.at(-1)?.push(...wordsOf(single ?? double ?? plain ?? ''));
  }
  return commands;
}

const wordsOf = (word: string) => (/\s--test\b/.test(word) ? word.split(/\s+/) : [word]);

const settingsFiles: readonly (readonly [RegExp, TestRunner])[] = [
  [/^vitest\.(config|workspace)\./, 'vitest'],
  [/^jest\.config\./, 'jest'],
  [/^\.mocharc\./, 'mocha'],
  [/^ava\.config\./, 'ava'],
  [/^\.taprc$/, 'tap'],
];

function runnerOfSettings(root: string): TestRunner | undefined {
  const files = readdirSync(root);
  return settingsFiles.find(([pattern]) => files.some((file) => pattern.test(file)))?.[1];
}

const packages: Record<string, TestRunner> = {
  '@japa/runner': 'japa',
  vitest: 'vitest',
  jest: 'jest',
  mocha: 'mocha',
  ava: 'ava',
  uvu: 'uvu',
  tape: 'tape',
  tap: 'tap',
  jasmine: 'jasmine',
};

function listedRunner(dependencies: readonly string[]): TestRunner | undefined {
  const name = Object.keys(packages).find((one) => dependencies.includes(one));
  return name === undefined ? undefined : packages[name];
}
