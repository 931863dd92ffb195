/** How a test is written for each runner. Pure. */
import type { HostSnapshot, TestRunner } from './host-snapshot.js';
import { importLines } from './import-statement.js';
import type { ModuleForm } from './module-form.js';

/** Values of the template `test`. */
export interface TestStyle {
  /** Import lines. */
  head: string;
  runnerFunction: string;
  /** The parameter of the test's function. */
  parameter: string;
  assertion: string;
  /** What stands at the end of the file. */
  tail: string;
}

interface RunnerStyle {
  module: string;
  function: 'test' | 'it' | 'Deno.test';
  /** The runner exports its function as default. */
  isDefault?: boolean;
  /** `expect`: the runner's own; a name: the method of the function's parameter; else Node's `assert`. */
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

export function testStyle(host: HostSnapshot, form: ModuleForm): TestStyle {
  const { runner } = host.tests;
  const style = styles[runner];
  const runnerFunction = functionFor(style, host);
  const names = style.assertion === 'expect' ? `expect, ${runnerFunction}` : runnerFunction;
  const from = moduleFor(host, style);
  const own = from && importLines(style.isDefault ? { from, value: names } : { from, values: names }, form);
  // What Jest's sandbox loads from outside has other prototypes, which some of its versions compare.
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

/** The host's own word, where the runner knows both. */
function functionFor({ module, function: usual }: RunnerStyle, { testFunction }: HostSnapshot): string {
  const hasBoth = ['node:test', 'vitest', '@jest/globals', 'mocha', 'bun:test'].includes(module);
  return (hasBoth && testFunction) || usual;
}

/** Jest has its functions as globals too, and its own package is not always within reach. */
function moduleFor({ tests, dependencies, language }: HostSnapshot, { module }: RunnerStyle): string {
  if (tests.runner !== 'jest' || dependencies.includes('@jest/globals')) return module;
  return language === 'js' || dependencies.includes('@types/jest') ? '' : module;
}

function assertionOf({ assertion }: RunnerStyle, problems: string): string {
  if (assertion === 'expect') return `expect(${problems}).toEqual([]);`;
  return assertion === undefined ? `assert.deepEqual(${problems}, []);` : `t.${assertion}(${problems}, []);`;
}

/** Each works without `esModuleInterop`, which older hosts lack. */
const assertImports: Record<ModuleForm, string> = {
  esm: "import { strict as assert } from 'node:assert';",
  commonjs: "const assert = require('node:assert/strict');",
  'export-equals': "import assert = require('node:assert/strict');",
};
