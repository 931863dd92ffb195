/** Notes on generated tests: those that the host's runner does not find, and runners without a test template. */
import type { HostSnapshot, TestFileLocation, TestRunner } from './host-snapshot.js';
import { chooseTestPlacement } from './test-place.js';

const names: Partial<Record<TestRunner, string>> = {
  node: "Node's runner",
  vitest: 'Vitest',
  jest: 'Jest',
  mocha: 'Mocha',
  japa: 'Japa',
  bun: 'Bun',
  deno: 'Deno',
  ava: 'AVA',
  jasmine: 'Jasmine',
};

/** A host module that `gen` writes, and the function of `cairnloop/testing` that checks it. */
export interface GeneratedModule {
  file: string;
  check: string;
}

export function notesOnGeneratedTests(host: HostSnapshot, modules: readonly GeneratedModule[]): string[] {
  const { runner, other, places } = host.tests;
  if (modules.length === 0) return [];
  if (other?.kind === 'runner') return [withoutStyle(other.name, modules)];
  const tests = modules.map(({ file }) => chooseTestPlacement(file, host));
  const lost = tests.filter(({ isRun }) => !isRun).map(({ file }) => file);
  return [
    ...(other ? [unknownScript(other.name)] : []),
    ...(lost.length > 0 ? [notTaken(names[runner] ?? runner, places, lost)] : []),
  ];
}

function withoutStyle(name: string, modules: readonly GeneratedModule[]): string {
  const checks = modules.map(({ check }) => check).join(', ');
  return `No test was written: "test" of package.json runs ${name}, for which there is no template. In a test of your own call ${checks} of cairnloop/testing, and expect the report to hold no problems.`;
}

function unknownScript(script: string): string {
  return `No test runner was found in "test" of package.json (${script}). The tests are written for Node's own: run them with node --test.`;
}

function notTaken(name: string, places: readonly TestFileLocation[], files: readonly string[]): string {
  const looks = places.flatMap(({ include, patterns, only }) => [
    ...include,
    ...patterns,
    ...(only ? [`/${only}/`] : []),
  ]);
  const runs = looks.length > 0 ? `runs only tests that match ${looks.join(', ')}` : 'runs no tests of this package';
  return `${name} ${runs}, so it does not run ${files.join(', ')}: configure it to run them, or move them.`;
}
