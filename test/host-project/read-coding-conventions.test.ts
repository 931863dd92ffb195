import assert from 'node:assert/strict';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
import { tempHost } from '../support/temp-host.js';

type Files = Record<string, string | object>;

function habitsOf(files: Files, more: object = {}) {
  const host = tempHost({ 'package.json': { name: 'host', type: 'module', ...more }, ...files }, []);
  try {
    return readHostSnapshot({ cwd: host.folder });
  } finally {
    host.remove();
  }
}

const flat = (rules: object) => `export default [{ rules: ${JSON.stringify(rules)} }];\n`;

describe('host-project/read-coding-conventions', () => {
  describe('names of files', () => {
    const cases: [string, Files, string][] = [
      ['nothing shows', {}, 'kebab'],
      ['unicorn', { 'eslint.config.js': flat({ 'unicorn/filename-case': ['error', { case: 'camelCase' }] }) }, 'camel'],
      ['its default', { 'eslint.config.mjs': flat({ 'unicorn/filename-case': 'error' }) }, 'kebab'],
      [
        'a rule wins over the neighbours',
        {
          'eslint.config.js': flat({ 'unicorn/filename-case': ['error', { case: 'snakeCase' }] }),
          'src/aB.js': '',
          'src/cD.js': '',
        },
        'snake',
      ],
      [
        'the neighbours choose among what a rule allows',
        {
          '.eslintrc.json': {
            rules: { 'unicorn/filename-case': [2, { cases: { camelCase: true, pascalCase: true, kebabCase: false } }] },
          },
          'src/AbCd.js': '',
          'src/EfGh.js': '',
        },
        'pascal',
      ],
      [
        'oxlint',
        { '.oxlintrc.json': { rules: { 'unicorn/filename-case': ['warn', { case: 'pascalCase' }] } } },
        'pascal',
      ],
      [
        'check-file, by the pattern that means the folder',
        {
          'eslint.config.js': flat({
            'check-file/filename-naming-convention': [
              'error',
              { '**/*.tsx': 'PASCAL_CASE', '**/*.{ts,js}': 'SNAKE_CASE' },
            ],
          }),
        },
        'snake',
      ],
      [
        'Biome',
        {
          'biome.json': {
            linter: {
              rules: {
                style: { useFilenamingConvention: { level: 'error', options: { filenameCases: ['camelCase'] } } },
              },
            },
          },
        },
        'camel',
      ],
      [
        'Biome takes kebab by default',
        { 'biome.json': { linter: { rules: { style: { useFilenamingConvention: 'on' } } } } },
        'kebab',
      ],
      ['YAML', { '.eslintrc.yml': 'rules:\n  unicorn/filename-case: [error, { case: snakeCase }]\n' }, 'snake'],
      ['package.json', {}, 'snake'],
      [
        'a preset of a package',
        {
          'eslint.config.js': "import { configApp } from '@org/eslint-config';\nexport default configApp();\n",
          'node_modules/@org/eslint-config/package.json': {
            name: '@org/eslint-config',
            type: 'module',
            exports: './own.js',
          },
          'node_modules/@org/eslint-config/own.js':
            "const rules = { '@unicorn/filename-case': ['error', { case: 'snakeCase' }] };\nexport const configApp = () => [{ rules }];\n",
        },
        'snake',
      ],
      [
        'a preset by its short name',
        {
          '.eslintrc.cjs': "module.exports = { extends: ['plugin:x/y', '@org'] };\n",
          'node_modules/@org/eslint-config/index.js': "module.exports = { extends: ['./names'] };\n",
          'node_modules/@org/eslint-config/names.js':
            "module.exports = { rules: { 'unicorn/filename-case': ['error', { case: 'camelCase' }] } };\n",
        },
        'camel',
      ],
      [
        'a rule that is off',
        { 'eslint.config.js': flat({ 'unicorn/filename-case': ['off', { case: 'camelCase' }] }) },
        'kebab',
      ],
      [
        'a commented rule',
        {
          'eslint.config.js':
            "export default [{ rules: { /* 'x/filename-case': ['error', { case: 'camelCase' }] */ } }];",
        },
        'kebab',
      ],
      ['camelCase neighbours', { 'src/userStore.js': '', 'src/mailQueue.js': '', 'src/main.js': '' }, 'camel'],
      ['snake_case neighbours', { 'app/a/user_store.js': '', 'app/b/mail_queue.js': '' }, 'snake'],
      ['PascalCase neighbours', { 'src/UserStore.js': '', 'src/Mail.js': '', 'src/x-y.js': '' }, 'pascal'],
      ['kebab.kind.ts neighbours', { 'src/app.service.js': '', 'src/app.module.js': '', 'src/main.js': '' }, 'kind'],
      ['components are no modules', { 'src/NavBar.tsx': '', 'src/SideBar.tsx': '' }, 'kebab'],
      [
        'tests, settings and output show nothing',
        { 'src/aB.test.js': '', 'vite.config.js': '', 'dist/aB.js': '', 'dist/bC.js': '' },
        'kebab',
      ],
    ];
    for (const [title, files, expected] of cases) {
      it(`${title}: ${expected}`, () => {
        const eslintConfig = { rules: { 'unicorn/filename-case': ['error', { case: 'snakeCase' }] } };
        assert.equal(habitsOf(files, title === 'package.json' ? { eslintConfig } : {}).fileCase, expected);
      });
    }
  });

  it('writes tests with the function that a rule or the other tests name', () => {
    const rule = (value: unknown) => flat({ 'vitest/consistent-test-it': value });
    const functionOf = (files: Files) => habitsOf(files).testFunction;
    assert.equal(functionOf({}), undefined);
    assert.equal(functionOf({ 'eslint.config.js': rule(['error', { fn: 'it' }]) }), 'it');
    assert.equal(functionOf({ 'eslint.config.js': rule('error') }), 'test');
    assert.equal(
      functionOf({ '.oxlintrc.json': { rules: { 'jest/consistent-test-it': ['error', { fn: 'it' }] } } }),
      'it',
    );
    const biome = { level: 'error', options: { function: 'it' } };
    assert.equal(
      functionOf({ 'biome.json': { linter: { rules: { nursery: { useConsistentTestIt: biome } } } } }),
      'it',
    );
    const byDefault = { linter: { rules: { nursery: { useConsistentTestIt: 'error' } } } };
    assert.equal(functionOf({ 'biome.json': byDefault }), 'it');
    assert.equal(functionOf({ 'biome.json': { linter: { rules: { nursery: 'on' } } } }), 'it');
    assert.equal(functionOf({ 'src/a.test.js': "describe('a', () => {\n  it('b', () => {});\n});\n" }), 'it');
    assert.equal(functionOf({ 'src/a.spec.js': "test.each([])('b', () => {});\n" }), 'test');
    const both = { 'eslint.config.js': rule(['error', { fn: 'test' }]), 'src/a.test.js': "it('b', () => {});\n" };
    assert.equal(functionOf(both), 'test');
  });

  it('knows where console is refused', () => {
    const refuses = (files: Files) => habitsOf(files).noConsole;
    assert.equal(refuses({}), false);
    assert.equal(refuses({ 'eslint.config.js': flat({ 'no-console': 'off' }) }), false);
    assert.equal(
      refuses({ 'eslint.config.js': flat({ 'no-console': ['error', { allow: ['warn', 'info'] }] }) }),
      false,
    );
    assert.equal(refuses({ 'eslint.config.js': flat({ 'no-console': ['warn', { allow: ['warn', 'error'] }] }) }), true);
    assert.equal(refuses({ '.eslintrc': '{ "rules": { "no-console": 2 } }' }), true);
    assert.equal(refuses({ '.eslintrc.yaml': 'rules:\n  no-console: error\n' }), true);
    const biome = (rules: object) => refuses({ 'biome.json': { linter: { rules } } });
    assert.equal(biome({ suspicious: { noConsole: 'error' } }), true);
    assert.equal(biome({ suspicious: 'on' }), true);
    assert.equal(biome({ preset: 'all' }), true);
    assert.equal(biome({ preset: 'all', suspicious: { noConsole: 'off' } }), false);
    assert.equal(biome({ suspicious: 'off' }), false);
    assert.equal(biome({ suspicious: { noDebugger: 'error' } }), false);
  });

  it('knows where process is refused as a global', () => {
    const refuses = (files: Files, more: object = {}) => habitsOf(files, more).importsProcess;
    const rule = (...options: unknown[]) => ({ 'eslint.config.js': flat({ 'n/prefer-global/process': options }) });
    assert.equal(refuses({}), false);
    assert.equal(refuses(rule('error')), false);
    assert.equal(refuses(rule('error', 'always')), false);
    assert.equal(refuses(rule('off', 'never')), false);
    assert.equal(refuses(rule('error', 'never')), true);
    assert.equal(refuses({ 'biome.json': { linter: { rules: { correctness: { noProcessGlobal: 'warn' } } } } }), true);
    assert.equal(refuses({}, { devDependencies: { xo: '*' } }), true);
    const antfu = {
      'eslint.config.js': "import antfu from '@antfu/eslint-config';\nexport default antfu();\n",
      'node_modules/@antfu/eslint-config/package.json': { name: '@antfu/eslint-config', main: 'index.js' },
      'node_modules/@antfu/eslint-config/index.js':
        "const rules = { 'node/prefer-global/process': ['error', 'never'] };\n",
    };
    assert.equal(refuses(antfu), true);
  });
});
