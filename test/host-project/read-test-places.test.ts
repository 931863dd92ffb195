import assert from 'node:assert/strict';
import { findTestFile } from '../../src/gen/test-place.js';
import { readProject } from '../../src/host-project/read-project.js';
import { tempHost } from '../support/temp-host.js';

interface Case {
  title: string;
  json?: object;
  files?: Record<string, string | object>;
  module?: string;
  expected: string;
}

function place({ json = {}, files = {}, module = 'src/cairnloop/notifier.ts' }: Case): string {
  const manifest = { name: 'host', type: 'module', ...json };
  const host = tempHost({ 'package.json': manifest, 'tsconfig.json': '{}', 'src/main.ts': '', ...files }, []);
  try {
    return findTestFile(module, readProject({ cwd: host.folder }));
  } finally {
    host.remove();
  }
}

const script = (test: string) => ({ scripts: { test } });
const beside = 'src/cairnloop/notifier.test.ts';
const spec = 'src/cairnloop/notifier.spec.ts';

const cases: Case[] = [
  { title: 'no runner', expected: beside },
  { title: 'spec, as the host calls its tests', files: { 'src/a.spec.ts': '' }, expected: spec },
  { title: 'jest', json: { ...script('jest') }, expected: beside },
  {
    title: "Nest's jest",
    json: { ...script('jest'), jest: { rootDir: 'src', testRegex: '.*\\.spec\\.ts$' } },
    expected: spec,
  },
  {
    title: 'jest testMatch elsewhere',
    json: script('jest'),
    files: { 'jest.config.js': "export default { testMatch: ['<rootDir>/test/**/*.test.ts'] };" },
    expected: 'test/notifier.test.ts',
  },
  {
    title: 'jest roots, in TypeScript with a type',
    json: script('jest'),
    files: {
      'jest.config.ts':
        "import type { Config } from 'jest';\nconst config: Config = { roots: ['<rootDir>/tests'] };\nexport default config;",
    },
    expected: 'tests/notifier.test.ts',
  },
  {
    title: 'jest __tests__ alone',
    json: { ...script('jest'), jest: { testMatch: ['**/__tests__/**/*.[jt]s?(x)'] } },
    expected: 'src/cairnloop/__tests__/notifier.test.ts',
  },
  {
    title: 'jest ignoring the sources',
    json: { ...script('jest'), jest: { testPathIgnorePatterns: ['<rootDir>/src/'] } },
    expected: 'test/notifier.test.ts',
  },
  {
    title: 'jest with a function',
    json: script('jest'),
    files: { 'jest.config.cjs': "module.exports = async () => ({ testRegex: ['/spec/.*\\\\.spec\\\\.ts$'] });" },
    expected: 'spec/notifier.spec.ts',
  },
  {
    title: 'jest whose settings the script names',
    json: script('jest --config ./config/unit.json'),
    files: { 'config/unit.json': { rootDir: '..', testMatch: ['**/*.spec.ts'] } },
    expected: spec,
  },
  { title: 'vitest', json: script('vitest run'), expected: beside },
  {
    title: 'vitest include',
    json: script('vitest'),
    files: {
      'vitest.config.ts':
        "import { defineConfig } from 'vitest/config';\nexport default defineConfig({ test: { include: ['tests/unit/**/*.spec.ts'] } });",
    },
    expected: 'tests/unit/notifier.spec.ts',
  },
  {
    title: 'vitest include in vite.config, merged',
    json: script('vitest'),
    files: {
      'vite.config.ts':
        "import { mergeConfig } from 'vitest/config';\nimport base from './base';\nexport default mergeConfig(base, { test: { include: ['src/**/*.spec.ts'] } });",
    },
    expected: spec,
  },
  {
    title: 'vitest projects',
    json: script('vitest'),
    files: {
      'vitest.config.mts':
        "export default defineConfig({ test: { projects: [{ extends: true, test: { include: ['test/**/*.test.ts'] } }] } });",
    },
    expected: 'test/notifier.test.ts',
  },
  {
    title: 'vitest exclude',
    json: script('vitest'),
    files: { 'vitest.config.js': "export default { test: { exclude: ['src/**'] } };" },
    expected: 'test/notifier.test.ts',
  },
  { title: 'mocha', json: script('mocha'), expected: 'test/notifier.test.ts' },
  {
    title: 'mocha by its command',
    json: script("NODE_ENV=test mocha -r tsx/cjs 'src/**/*.spec.ts' --exit"),
    expected: spec,
  },
  {
    title: 'mocha by .mocharc.yml',
    json: script('mocha'),
    files: { '.mocharc.yml': 'recursive: true\nspec:\n  - "tests/**/*.test.ts"\n' },
    expected: 'tests/notifier.test.ts',
  },
  {
    title: 'mocha by .mocharc.json',
    json: script('mocha'),
    files: { '.mocharc.json': { spec: ['src/**/*_test.ts'] } },
    expected: 'src/cairnloop/notifier_test.ts',
  },
  {
    title: 'mocha in package.json',
    json: { ...script('mocha'), mocha: { spec: 'spec/**/*.ts' } },
    expected: 'spec/notifier.test.ts',
  },
  { title: 'node --test', json: script('node --test'), expected: beside },
  {
    title: 'node --test with a pattern',
    json: script('node --import tsx --test "test/**/*.test.ts"'),
    expected: 'test/notifier.test.ts',
  },
  { title: 'node --test with a folder', json: script('node --test tests/'), expected: 'tests/notifier.test.ts' },
  {
    title: 'Japa in Adonis',
    json: { ...script('node ace test'), devDependencies: { '@japa/runner': '*' } },
    files: {
      'adonisrc.ts':
        "export default defineConfig({ tests: { suites: [{ files: ['tests/unit/**/*.spec(.ts|.js)'], name: 'unit' }] } })",
    },
    module: 'cairnloop/notifier.ts',
    expected: 'tests/unit/notifier.spec.ts',
  },
  {
    title: 'settings with mistakes',
    json: { ...script('jest'), jest: { testRegex: '(' } },
    expected: beside,
  },
];

describe('project/read-test-places', () => {
  for (const one of cases) {
    it(`${one.title}: ${one.expected}`, () => {
      assert.equal(place(one), one.expected);
    });
  }
});
