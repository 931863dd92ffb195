/** How a test is written for each runner. Pure. */
import type { HostSnapshot, TestRunner } from './host-snapshot.js';
import { renderImportLines } from './import-statement.js';
import type { ModuleSyntax } from './module-syntax.js';

/** Values of the template `test`. */
export interface TestStyle {
  /** The import statements of the test file. */
  head: string;
  runnerFunction: string;
  /** The parameter of the function that holds the test; empty for none. */
  parameter: string;
  assertion: string;
  /** The last statement of the test file, if the runner needs one. */
  tail: string;
}

interface RunnerStyle {
  module: string;
  function: 'test' | 'it' | 'Deno.test';
  /** Whether the test function is the default export of the runner's package. */
  isDefault?: boolean;
  /** `expect` of the runner, or a method of the test function's parameter; absent: `deepEqual` of Node's `assert`. */
  assertion?: 'expect' | 'deepEqual' | 'same';
  tail?: string;
}

const styles: Record<TestRunner, RunnerStyle> = {
  node: { module: 'node:test', function: 'test' },
  vitest: { module: 'vitest', function: 'test', assertion: 'expect' },
  jest: { module: '@jest/globals', function: 'test', assertion: 'expect' },
  mocha: { module: 'mocha', function: 'it' },
  japa: { module: '@japa/runner', function: 'test' },
  bun: { module: 'bun:test', function: 'test', assertion: 'expect' },
  deno: { module: '', function: 'Deno.test' },
  ava: { module: 'ava', function: 'test', isDefault: true, assertion: 'deepEqual' },
  uvu: { module: 'uvu', function: 'test', tail: 'test.run();' },
  tape: { module: 'tape', function: 'test', assertion: 'deepEqual' },
  tap: { module: 'tap', function: 'test', assertion: 'same' },
  jasmine: { module: '', function: 'it', assertion: 'expect' },
};

export function chooseTestStyle(host: HostSnapshot, form: ModuleSyntax): TestStyle {
  const { runner } = host.tests;
  const style = styles[runner];
  const runnerFunction = functionFor(style, host);
  const names = style.assertion === 'expect' ? `expect, ${runnerFunction}` : runnerFunction;
  const from = moduleFor(host, style);
  const own = from && renderImportLines(style.isDefault ? { from, value: names } : { from, values: names }, form);
  // Jest runs tests in a sandbox: an array made outside of it has another prototype, which some versions compare.
  const problems = runner === 'jest' ? '[...report.problems]' : 'report.problems';
  const head = [style.assertion ? '' : assertImports[form], own];
  return {
    head: head.filter(Boolean).join('\n'),
    runnerFunction,
    parameter: style.assertion === 'deepEqual' || style.assertion === 'same' ? 't' : '',
    assertion: assertionOf(style, problems),
    tail: style.tail ?? '',
  };
}

/** `test` or `it`: the one that the host uses, if the runner has both. */
function functionFor({ module, function: usual }: RunnerStyle, { testFunction }: HostSnapshot): string {
  const hasBoth = ['node:test', 'vitest', '@jest/globals', 'mocha', 'bun:test'].includes(module);
  return (hasBoth && testFunction) || usual;
}

/** The package that exports the test function; empty for Jest's globals, if `@jest/globals` is not installed. */
function moduleFor({ tests, dependencies, language }: HostSnapshot, { module }: RunnerStyle): string {
  if (tests.runner !== 'jest' || dependencies.includes('@jest/globals')) return module;
  return language === 'js' || dependencies.includes('@types/jest') ? '' : module;
}

function assertionOf({ assertion }: RunnerStyle, problems: string): string {
  if (assertion === 'expect') return `expect(${problems}).toEqual([]);`;
  return assertion === undefined ? `assert.deepEqual(${problems}, []);` : `t.${assertion}(${problems}, []);`;
}

/** How a test imports `node:assert`: each form works without `esModuleInterop`, which older hosts lack. */
const assertImports: Record<ModuleSyntax, string> = {
  esm: "import { strict as assert } from 'node:assert';",
  commonjs: "const assert = require('node:assert/strict');",
  'export-equals': "import assert = require('node:assert/strict');",
};
