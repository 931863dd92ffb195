import assert from 'node:assert/strict';
import type { FileChange } from '../../src/gen/change-plan.js';
import type { HostSnapshot, TestRunner } from '../../src/gen/host-snapshot.js';
import { filesReadToPlanModules, hostModulePath, type ModuleRequest, renderTest } from '../../src/gen/module-files.js';
import { moduleKindNames, moduleKinds } from '../../src/gen/module-kinds.js';
import type { ModuleSyntax } from '../../src/gen/module-syntax.js';
import { planModules } from '../../src/gen/plan-module.js';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
import { readModuleTemplates } from '../../src/host-project/read-templates.js';
import { tempHost } from '../support/temp-host.js';

const config = "import { defineConfig } from 'cairnloop';\n\nexport default defineConfig({\n  database: {},\n});\n";
const request: ModuleRequest = {
  kinds: ['notifier'],
  folder: 'cairnloop',
  storage: 'static',
  force: false,
  withTests: true,
};
const module = 'cairnloop/notifier.js';
const test = 'cairnloop/notifier.test.js';

describe('gen/plan-module', () => {
  const templates = readModuleTemplates();
  let plain: HostSnapshot;
  before(() => {
    const host = tempHost({ 'package.json': { name: 'host', type: 'module' } }, []);
    plain = { ...readHostSnapshot({ cwd: host.folder }), config: { path: 'cairnloop.config.js', text: config } };
    host.remove();
  });
  const plan = (more: Partial<ModuleRequest> = {}, texts: Record<string, string> = {}, host: object = {}) =>
    planModules({ ...plain, ...host }, templates, texts, { ...request, ...more });
  const outcomes = (changes: readonly FileChange[]) => changes.map(({ path, outcome }) => `${outcome} ${path}`);
  const written = (file: string, host: object = {}) =>
    plan({}, {}, host).changes.find(({ path }) => path === file)?.after ?? assert.fail(file);

  it('creates module and test and updates the config; without tests, two files', () => {
    const config = 'updated cairnloop.config.js';
    assert.deepEqual(outcomes(plan().changes), [`created ${module}`, `created ${test}`, config]);
    assert.deepEqual(outcomes(plan({ withTests: false }).changes), [`created ${module}`, config]);
  });

  it('keeps an edited module and test unless forced, and writes no test again that is gone', () => {
    const own = 'export const notifier = {}; // mine\n';
    const texts = { [module]: own, [test]: 'mine\n' };
    const kept = ['skipped cairnloop/notifier.js', `skipped ${test}`, 'updated cairnloop.config.js'];
    assert.deepEqual(outcomes(plan({}, texts).changes), kept);
    const forced = plan({ force: true }, texts).changes;
    assert.deepEqual(outcomes(forced), [`updated ${module}`, `updated ${test}`, 'updated cairnloop.config.js']);
    assert.deepEqual(outcomes(plan({}, { [module]: own }).changes), [kept[0], kept[2]]);
    assert.deepEqual(outcomes(plan({ force: true }, { [module]: own }).changes)[1], `created ${test}`);
  });

  it('imports from a file of the host only what it exports, in any form of export', () => {
    const last = (text: string) => plan({}, { [module]: text }).changes.at(-1);
    for (const text of [
      'export const notifier = {};',
      'const notifier = {};\nexport { notifier };',
      'exports.notifier = {};',
      'module.exports = { notifier };',
      'export = notifier;',
      'export class notifier {}',
    ]) {
      assert.equal(last(text)?.outcome, 'updated', text);
    }
    for (const text of ['const notifier = {};', 'export const notifiers = {};', 'export const a = notifier;', '']) {
      const { outcome, reason, byHand, after } = last(text) ?? assert.fail();
      assert.deepEqual([outcome, reason, after], ['manual', `${module} exports no notifier`, config], text);
      assert.deepEqual(byHand, [
        { place: 'at the top', lines: ["import { notifier } from './cairnloop/notifier.js';"] },
        { place: 'in the exported object', lines: ['notifier,'] },
      ]);
    }
  });

  it('skips a kind that the config sets itself, unless forced', () => {
    const host = { config: { path: 'cairnloop.config.js', text: config.replace('database: {}', 'notifier: mine()') } };
    const [file, unchanged, ...others] = plan({}, {}, host).changes;
    assert.deepEqual([file?.outcome, unchanged?.outcome, others], ['skipped', 'skipped', []]);
    assert.match(file?.reason ?? '', /^notifier is set already: notifier: mine\(\)$/);
    assert.equal(unchanged?.reason, file?.reason);
    const own = plan({}, { [module]: 'mine' }, host).changes;
    assert.deepEqual(outcomes(own), [`unchanged ${module}`, 'skipped cairnloop.config.js']);
    assert.deepEqual(outcomes(plan({ force: true }, {}, host).changes).slice(0, 2), [
      `created ${module}`,
      `created ${test}`,
    ]);
    const both = plan({ kinds: ['notifier', 'policy'] }, {}, host).changes.at(-1);
    assert.deepEqual([both?.outcome, both?.reason], ['updated', file?.reason]);
  });

  it('imports each kind under a name of its own where the config uses the name already', () => {
    const names = {
      notifier: 'cairnloopNotifier',
      automationPolicy: 'cairnloopAutomationPolicy',
      contextProvider: 'cairnloopContextProvider',
      slaPolicyProvider: 'cairnloopSlaPolicyProvider',
    };
    const taken = Object.keys(names).map((name) => `const ${name} = 1;\n`);
    const text = config.replace('export', `${taken.join('')}\nexport`);
    const host = { config: { path: 'cairnloop.config.js', text } };
    const after = plan({ kinds: moduleKindNames }, {}, host).changes.at(-1)?.after ?? '';
    for (const [name, local] of Object.entries(names)) {
      assert.match(after, new RegExp(`^import \\{ ${name} as ${local} \\} from './cairnloop/[a-z-]+\\.js';$`, 'm'));
      assert.match(after, new RegExp(`^ {2}${name}: ${local},$`, 'm'));
    }
  });

  it('checks each kind by its own function, and says what it does and what happens without it', () => {
    const kinds = Object.values(moduleKinds);
    const rendered = plan({ kinds: moduleKindNames }).changes.map(({ after }) => after);
    for (const { configKey, contract, check, summary, absent } of kinds) {
      assert.equal(check, `check${contract}`);
      assert.ok(
        rendered.some((text) => text?.includes(`await ${check}(${configKey}`)),
        check,
      );
      for (const text of [summary, absent]) assert.match(text, /^[\w"]+ .*[\w"]$/);
    }
    assert.deepEqual(moduleKindNames, ['notifier', 'policy', 'context', 'sla']);
    assert.deepEqual(moduleKinds.sla.storages, ['static', 'database']);
  });

  it('installs what the plan needs and the host lacks', () => {
    const installs = (host: object, more: Partial<ModuleRequest> = {}) =>
      plan(more, {}, { dependencies: [], ...host }).install;
    const database = { storage: 'database', kinds: ['sla'] } as const;
    assert.deepEqual(installs({}), ['npm install cairnloop']);
    assert.deepEqual(installs({}, database), ['npm install cairnloop pg']);
    assert.deepEqual(installs({}, { storage: 'database' }), ['npm install cairnloop']);
    assert.deepEqual(installs({}, { kinds: ['sla'] }), ['npm install cairnloop']);
    assert.deepEqual(installs({ language: 'ts' }), ['npm install cairnloop', 'npm install -D @types/node']);
    const types = 'npm install -D @types/pg @types/node';
    assert.deepEqual(installs({ language: 'ts' }, database), ['npm install cairnloop pg', types]);
    assert.deepEqual(installs({ dependencies: ['cairnloop', 'pg'] }, database), []);
  });

  it('formats the files that it writes and no others', () => {
    const host = { fixers: ['prettier --write', 'eslint --fix'], packageManager: 'pnpm' };
    const all = `${module} ${test} cairnloop.config.js`;
    assert.deepEqual(plan({}, {}, host).fix, [`pnpm exec prettier --write ${all}`, `pnpm exec eslint --fix ${all}`]);
    const again = plan({}, { [module]: written(module), [test]: written(test) }, host);
    assert.deepEqual(again.fix, [
      'pnpm exec prettier --write cairnloop.config.js',
      'pnpm exec eslint --fix cairnloop.config.js',
    ]);
    const none = { ...host, config: { path: 'cairnloop.config.js', text: written('cairnloop.config.js') } };
    assert.deepEqual(plan({}, { [module]: written(module), [test]: written(test) }, none).fix, []);
  });

  it('writes a config for a host without one, which reads the variable in the way the host can', () => {
    const text = (host: object) =>
      written('cairnloop.config.js', { config: { path: 'cairnloop.config.js', text: null }, ...host });
    assert.match(text({}), /^import \{ defineConfig \} from 'cairnloop';\n/);
    assert.match(text({}), /database: \{ url: process\.env\.DATABASE_URL \},\n {2}notifier,\n\}\);\n$/);
    assert.match(text({ bracketEnv: true }), /process\.env\['DATABASE_URL'\]/);
    assert.match(text({ databaseVariable: 'CAIRNLOOP_DATABASE_URL' }), /process\.env\.CAIRNLOOP_DATABASE_URL/);
    assert.match(
      text({ importsProcess: true }),
      /^import \{ env \} from 'node:process';\n[\s\S]*url: env\.DATABASE_URL/,
    );
    assert.match(text({ style: { ...plain.style, trailingCommas: false } }), /\n {2}notifier\n\}\);\n$/);
    const commonjs = text({ moduleSyntax: 'commonjs', importsProcess: true });
    assert.match(commonjs, /const \{ env \} = require\('node:process'\);/);
    assert.match(commonjs, /^module\.exports = defineConfig\(/m);
    const equals = text({ moduleSyntax: 'export-equals', importsProcess: true });
    assert.match(equals, /^import process = require\('node:process'\);$/m);
    assert.match(equals, /^export = defineConfig\(/m);
  });

  it('names the files of each kind, and keeps the name under which the config imports a module', () => {
    assert.deepEqual(filesReadToPlanModules(plain, { ...request, kinds: moduleKindNames }), [
      module,
      test,
      ...['automation-policy', 'context-provider', 'sla-policy-provider'].flatMap((name) => [
        `cairnloop/${name}.js`,
        `cairnloop/${name}.test.js`,
      ]),
    ]);
    const file = (text: string | null, path = 'cairnloop.config.js') =>
      hostModulePath({ ...plain, fileCase: 'camel', config: { path, text } }, moduleKinds.policy, 'src');
    assert.equal(file(null), 'src/automationPolicy.js');
    assert.equal(file('', 'cairnloop.config.mts'), 'src/automationPolicy.mts');
    assert.equal(file("import { a } from './src/automation-policy.js';"), 'src/automation-policy.js');
    assert.equal(file("const { a } = require('./src/AutomationPolicy');"), 'src/AutomationPolicy.js');
    assert.equal(file("const a = await import( './src/automation_policy.js');"), 'src/automation_policy.js');
    assert.equal(file("import { a } from './other/automation-policy.js';"), 'src/automationPolicy.js');
  });

  describe('renders the test of a module', () => {
    const text = (
      runner: TestRunner,
      host: object = {},
      form: ModuleSyntax = 'esm',
      more: object = {},
      kind = 'notifier',
    ) =>
      renderTest(moduleKinds[kind as 'notifier'], `cairnloop/${kind}.${(host as HostSnapshot).language ?? 'js'}`, {
        host: { ...plain, ...host, tests: { ...plain.tests, runner } },
        templates,
        request: { ...request, ...more },
        form,
      });
    const own = (name: string, module: string) => new RegExp(`^import ${name} from '${module}';$`, 'm');
    const none = /^import \{ (strict as assert|checkNotifier) \}/;
    const expects = 'expect(report.problems).toEqual([]);';
    const asserts = 'assert.deepEqual(report.problems, []);';
    const runners: Record<TestRunner, [line: RegExp, start: string, assertion: string]> = {
      node: [own('{ test }', 'node:test'), "test('notifier keeps its contract', async () =>", asserts],
      vitest: [own('{ expect, test }', 'vitest'), "test('notifier keeps its contract', async () =>", expects],
      jest: [none, "test('notifier keeps its contract', async () =>", 'expect([...report.problems]).toEqual([]);'],
      mocha: [own('{ it }', 'mocha'), "it('notifier keeps its contract', async () =>", asserts],
      japa: [own('{ test }', '@japa/runner'), "test('notifier keeps its contract', async () =>", asserts],
      bun: [own('{ expect, test }', 'bun:test'), "test('notifier keeps its contract', async () =>", expects],
      deno: [none, "Deno.test('notifier keeps its contract', async () =>", asserts],
      ava: [
        own('test', 'ava'),
        "test('notifier keeps its contract', async (t) =>",
        't.deepEqual(report.problems, []);',
      ],
      uvu: [own('{ test }', 'uvu'), "test('notifier keeps its contract', async () =>", asserts],
      tape: [
        own('{ test }', 'tape'),
        "test('notifier keeps its contract', async (t) =>",
        't.deepEqual(report.problems, []);',
      ],
      tap: [own('{ test }', 'tap'), "test('notifier keeps its contract', async (t) =>", 't.same(report.problems, []);'],
      jasmine: [none, "it('notifier keeps its contract', async () =>", expects],
    };
    for (const [name, [line, start, assertion]] of Object.entries(runners)) {
      const runner = name as TestRunner;
      it(`for ${runner}`, () => {
        assert.match(text(runner), line);
        assert.ok(text(runner).includes(`\n${start} {\n`), text(runner));
        assert.ok(text(runner).includes(`\n  ${assertion}\n`), text(runner));
        assert.equal(/^import \{ strict as assert \} from 'node:assert';$/m.test(text(runner)), assertion === asserts);
        assert.equal(/\ntest\.run\(\);\n$/.test(text(runner)), runner === 'uvu');
        assert.equal(/^const .* = require\(/m.test(text(runner, {}, 'commonjs')), runner !== 'vitest');
      });
    }

    it('by the word of the host, where the runner knows both', () => {
      const named = (runner: string, testFunction: string) =>
        /^(\S+)\('notifier keeps/m.exec(text(runner as TestRunner, { testFunction }))?.[1];
      const both = ['node', 'vitest', 'jest', 'mocha', 'bun'];
      for (const runner of both)
        assert.deepEqual(
          ['it', 'test'].map((word) => named(runner, word)),
          ['it', 'test'],
          runner,
        );
      const words = {
        japa: 'test',
        deno: 'Deno.test',
        ava: 'test',
        uvu: 'test',
        tape: 'test',
        tap: 'test',
        jasmine: 'it',
      };
      for (const [runner, word] of Object.entries(words)) {
        assert.deepEqual([named(runner, 'it'), named(runner, 'test')], [word, word], runner);
      }
    });

    it('by the import of Jest where it is in reach, or where there are no types of its globals', () => {
      const module = (host: object) => /from '@jest\/globals'/.test(text('jest', host));
      assert.equal(module({ dependencies: ['@jest/globals'] }), true);
      assert.equal(module({ language: 'ts', dependencies: [] }), true);
      assert.equal(module({ language: 'ts', dependencies: ['@types/jest'] }), false);
    });

    it('with assert in each module syntax', () => {
      assert.match(text('node', {}, 'commonjs'), /^const assert = require\('node:assert\/strict'\);$/m);
      assert.match(
        text('node', { language: 'ts' }, 'commonjs'),
        /^import \{ strict as assert \} from 'node:assert';$/m,
      );
      assert.match(
        text('node', { language: 'ts' }, 'export-equals'),
        /^import assert = require\('node:assert\/strict'\);$/m,
      );
    });

    it('silent where the notifier prints, and without writing where terms are in the database', () => {
      assert.match(text('node'), /const options = \{ silence: console \};/);
      assert.doesNotMatch(text('node', { noConsole: true }), /silence/);
      assert.doesNotMatch(text('node', {}, 'esm', {}, 'policy'), /silence|dry/);
      assert.match(text('node', {}, 'esm', { storage: 'database' }, 'sla'), /const options = \{ dry: true \};/);
      assert.doesNotMatch(text('node', {}, 'esm', {}, 'sla'), /dry/);
      assert.doesNotMatch(text('node', {}, 'esm', { storage: 'database' }, 'policy'), /dry/);
    });
  });
});
