import assert from 'node:assert/strict';
import { chooseTestPlacement } from '../../src/gen/test-place.js';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
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
    return chooseTestPlacement(module, readHostSnapshot({ cwd: host.folder })).file;
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
  {
    title: 'vitest whose settings the script names behind an option of a similar name',
    json: script('vitest run --configLoader runner -c unit.config.ts'),
    files: { 'unit.config.ts': "export default { test: { include: ['tests/unit/**/*.spec.ts'] } };" },
    expected: 'tests/unit/notifier.spec.ts',
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
    title: 'vitest projects in files and folders, of which one runs in a browser',
    json: script('vitest'),
    files: {
      'vitest.config.ts':
        "export default defineConfig({ test: { projects: ['packages/*', './vitest.unit.config.ts', { test: { browser: { enabled: true }, include: ['src/**'] } }] } });",
      'vitest.unit.config.ts': "export default defineConfig({ test: { include: ['specs/**/*.unit.ts'] } });",
      'packages/ui/package.json': { name: 'ui' },
    },
    expected: 'specs/notifier.unit.ts',
  },
  {
    title: 'vitest projects in other packages alone',
    json: script('vitest'),
    files: {
      'vitest.config.ts': "export default { test: { projects: ['packages/*'] } };",
      'packages/ui/package.json': { name: 'ui' },
    },
    expected: beside,
  },
  {
    title: 'vitest.workspace',
    json: script('vitest'),
    files: {
      'vitest.workspace.ts':
        "const include = ['tests/node/**/*.test.ts'];\nexport default defineWorkspace(['packages/*', { extends: './vitest.config.ts', test: { include } }]);",
    },
    expected: 'tests/node/notifier.test.ts',
  },
  {
    title: 'vitest projects with an exclude each',
    json: script('vitest'),
    files: {
      'vite.config.ts':
        "export default { test: { projects: [{ test: { include: ['src/**/*.test.ts'], exclude: ['src/cairnloop/**'] } }, { test: { include: ['src/**/*.spec.ts'] } }] } };",
    },
    expected: spec,
  },
  {
    title: 'vitest with the project that the script names',
    json: script('vitest --project unit'),
    files: {
      'vitest.config.ts':
        "export default { test: { projects: [{ test: { name: 'e2e' } }, { test: { name: 'unit', include: ['unit/*.test.ts'] } }] } };",
    },
    expected: 'unit/notifier.test.ts',
  },
  {
    title: 'vitest beside Jest in a workspace, by its settings file',
    json: { devDependencies: { jest: '*', vitest: '*' } },
    files: { 'vitest.config.ts': "export default { test: { include: ['t/**/*.ts'] } };" },
    expected: 't/notifier.test.ts',
  },
  {
    title: 'jest projects, of which one is a linter',
    json: {
      ...script('jest'),
      jest: {
        projects: [
          { runner: 'jest-runner-eslint', testMatch: ['<rootDir>/**/*.ts'] },
          { displayName: 'unit', testMatch: ['<rootDir>/unit/**/*.test.ts'] },
        ],
      },
    },
    expected: 'unit/notifier.test.ts',
  },
  {
    title: 'jest projects, of which one imitates a browser',
    json: {
      ...script('jest'),
      jest: {
        projects: [
          { testEnvironment: 'jsdom', testMatch: ['<rootDir>/web/**/*.test.ts'] },
          { testRegex: 'api/.*\\.e2e-spec\\.ts$' },
        ],
      },
    },
    expected: 'api/notifier.e2e-spec.ts',
  },
  {
    title: 'jest projects in folders',
    json: { ...script('jest'), jest: { projects: ['<rootDir>/api', '<rootDir>/web'] } },
    files: { 'api/jest.config.js': "module.exports = { testRegex: '\\\\.e2e-spec\\\\.ts$' };", 'web/a.ts': '' },
    expected: 'api/notifier.e2e-spec.ts',
  },
  {
    title: 'jest testMatch with names of its own',
    json: { ...script('jest'), jest: { testMatch: ['**/*.unit.{js,ts}'] } },
    expected: 'src/cairnloop/notifier.unit.ts',
  },
  {
    title: 'jest behind other scripts',
    json: {
      scripts: {
        test: 'npm run lint && npm run test:unit',
        lint: 'eslint . --config x.js',
        'test:unit': 'jest -c unit.json',
      },
    },
    files: { 'unit.json': { testMatch: ['<rootDir>/unit/*.test.ts'] } },
    expected: 'unit/notifier.test.ts',
  },
  {
    title: 'no script test, but others',
    json: { scripts: { 'test:e2e': 'playwright test', 'test:int': 'mocha "specs/**/*.ts"' } },
    expected: 'specs/notifier.test.ts',
  },
  {
    title: 'run-s',
    json: { scripts: { test: 'run-s lint test:*', lint: 'tsc', 'test:unit': 'mocha "specs/**/*.ts"' } },
    expected: 'specs/notifier.test.ts',
  },
  {
    title: 'node --test of what tsc compiled',
    json: script("tsc && node --test 'dist/test/**/*.test.js'"),
    files: { 'tsconfig.json': { compilerOptions: { rootDir: '.', outDir: 'dist' } } },
    expected: 'test/notifier.test.ts',
  },
  {
    title: 'node --test of what tsc compiled beside',
    json: script('tsc && node --test dist/'),
    files: { 'tsconfig.json': { compilerOptions: { rootDir: 'src', outDir: 'dist' } } },
    expected: beside,
  },
  {
    title: 'node --test behind glob',
    json: script('glob -c "tsx --test" "./checks/**/*.ts"'),
    expected: 'checks/notifier.test.ts',
  },
  {
    title: 'node --test with options that have a value',
    json: script('node --import ./test/setup.js --test --test-reporter spec unit/*.ts'),
    expected: 'unit/notifier.test.ts',
  },
  {
    title: 'AVA with TypeScript',
    json: { ...script('xo && c8 ava'), ava: { extensions: { ts: 'module' } } },
    expected: beside,
  },
  {
    title: 'AVA with files of its own',
    json: script('ava'),
    files: { 'ava.config.js': "export default { files: ['specs/**/*'], extensions: ['ts'] };" },
    expected: 'specs/notifier.test.ts',
  },
  {
    title: 'AVA that compiles',
    json: {
      ...script('ava'),
      ava: { typescript: { rewritePaths: { 'src/': 'dist/' } }, files: ['!src/cairnloop/**'] },
    },
    expected: 'test/notifier.test.ts',
  },
  { title: 'uvu', json: script('uvu -r tsm'), expected: beside },
  { title: 'uvu by its file', json: script('tsx ./node_modules/uvu/bin.js tests'), expected: 'tests/notifier.test.ts' },
  { title: 'uvu with a folder', json: script('uvu -r tsm checks -i util'), expected: 'checks/notifier.test.ts' },
  {
    title: 'uvu with a pattern',
    json: script('c8 uvu src "\\.check\\.test\\.ts$"'),
    expected: 'src/cairnloop/notifier.check.test.ts',
  },
  { title: 'tape', json: script("tape -r tsx 'test/*.ts' | tap-spec"), expected: 'test/notifier.test.ts' },
  {
    title: 'tape by its file',
    json: script('node --import tsx ./node_modules/tape/bin/tape spec/**/*.ts'),
    expected: 'spec/notifier.test.ts',
  },
  { title: 'tap', json: script('tap'), expected: beside },
  {
    title: 'tap by .taprc',
    json: script('tap'),
    files: { '.taprc': 'include:\n  - "checks/**/*.ts"\n' },
    expected: 'checks/notifier.test.ts',
  },
  { title: 'no tap, but its format', json: script('mocha --reporter tap'), expected: 'test/notifier.test.ts' },
  { title: 'jasmine', json: script('jasmine'), module: 'lib/notifier.js', expected: 'spec/notifier.spec.js' },
  {
    title: 'bun with a root',
    json: script('bun test'),
    files: { 'bunfig.toml': '[install]\nexact = true\n\n[test]\nroot = "./tests"\n' },
    expected: 'tests/notifier.test.ts',
  },
  { title: 'deno', json: script('deno test -A'), files: { 'src/a.spec.ts': '' }, expected: beside },
  {
    title: 'Japa outside of Adonis',
    json: { ...script('node bin/run.ts'), devDependencies: { '@japa/runner': '*' } },
    files: { 'bin/run.ts': "configure({ files: ['specs/**/*.spec.ts'] });" },
    expected: 'specs/notifier.spec.ts',
  },
  {
    title: 'settings with mistakes',
    json: { ...script('jest'), jest: { testRegex: '(' } },
    expected: beside,
  },
];

describe('host-project/read-test-locations', () => {
  for (const one of cases) {
    it(`${one.title}: ${one.expected}`, () => {
      assert.equal(place(one), one.expected);
    });
  }
});
