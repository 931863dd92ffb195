import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { CairnloopError } from '../../src/foundation/errors.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

const config = `import { defineConfig } from 'cairnloop';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
});
`;
const typeScript = {
  'package.json': {
    name: 'host',
    type: 'module',
    dependencies: { cairnloop: '*' },
    devDependencies: { typescript: '*', '@types/node': '*' },
  },
  'tsconfig.json': { compilerOptions: { module: 'nodenext', strict: true } },
  'src/index.ts': 'export const host = 1;\n',
  'cairnloop.config.ts': config,
};

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

describe('cairnloop gen', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const gen = (...argv: string[]) => runMain(host.folder, ['gen', ...argv]);
  const read = (file: string) => readFileSync(path.join(host.folder, file), 'utf8');
  const outcomes = (files: { path: string; outcome: string }[]) =>
    Object.fromEntries(files.map((file) => [file.path, file.outcome]));
  afterEach(() => host.remove());

  it('NT14 writes the notifier with its test and puts it into the config', async () => {
    use(typeScript);
    const { exitCode, out } = await gen('notifier');
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      [
        'created    src/cairnloop/notifier.ts',
        'created    src/cairnloop/notifier.test.ts',
        'updated    cairnloop.config.ts',
        '',
      ].join('\n'),
    );
    for (const method of ['onConversationResolved', 'onSlaBreach', 'onOutboundTriggered']) {
      assert.match(read('src/cairnloop/notifier.ts'), new RegExp(`^ {2}${method}\\(`, 'm'));
    }
    assert.match(read('cairnloop.config.ts'), /import \{ notifier \} from '\.\/src\/cairnloop\/notifier\.js';/);
  });

  it('NT14 is idempotent: a second run finds everything unchanged', async () => {
    use(typeScript);
    await gen('all');
    const before = treeOf(host.folder);
    const { exitCode, json } = await gen('all', '--json');
    assert.equal(exitCode, 0);
    assert.deepEqual(new Set(Object.values(outcomes(json().files))), new Set(['unchanged']));
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('NT14 never overwrites an edited module without --force', async () => {
    use(typeScript);
    await gen('notifier');
    const mine = 'export const notifier = {}; // mine\n';
    host.write('src/cairnloop/notifier.ts', mine);
    const second = await gen('notifier', '--json');
    assert.equal(second.exitCode, 0);
    assert.equal(outcomes(second.json().files)['src/cairnloop/notifier.ts'], 'skipped');
    assert.equal(read('src/cairnloop/notifier.ts'), mine);
    const forced = await gen('notifier', '--force', '--json');
    assert.equal(outcomes(forced.json().files)['src/cairnloop/notifier.ts'], 'updated');
    assert.match(read('src/cairnloop/notifier.ts'), /onSlaBreach/);
  });

  it('NT14 a config of an unknown shape gets the exact lines printed, is left alone, and exits 3', async () => {
    const wrapped = config.replace('defineConfig({', 'withSecrets({');
    use({ ...typeScript, 'cairnloop.config.ts': wrapped });
    const { exitCode, out } = await gen('notifier');
    assert.equal(exitCode, 3);
    assert.match(out, /^manual +cairnloop\.config\.ts/m);
    assert.match(out, /^ {2}import \{ notifier \} from '\.\/src\/cairnloop\/notifier\.js';$/m);
    assert.equal(read('cairnloop.config.ts'), wrapped);
    assert.ok(existsSync(path.join(host.folder, 'src/cairnloop/notifier.ts')));
  });

  it('lists several lines to add by hand together: one reason, the imports, the keys, within 80 columns', async () => {
    use({ ...typeScript, 'cairnloop.config.ts': config.replace('defineConfig({', 'withSecrets({') });
    const { exitCode, out } = await gen('all', '--no-test');
    assert.equal(exitCode, 3);
    assert.equal(
      out.slice(out.indexOf('manual')),
      [
        'manual     cairnloop.config.ts',
        '           (the exported value is not an object literal written in this file)',
        '',
        'Put these lines into cairnloop.config.ts by hand, at the top:',
        "  import { notifier } from './src/cairnloop/notifier.js';",
        "  import { automationPolicy } from './src/cairnloop/automation-policy.js';",
        "  import { contextProvider } from './src/cairnloop/context-provider.js';",
        "  import { slaPolicyProvider } from './src/cairnloop/sla-policy-provider.js';",
        '',
        'Put these lines into cairnloop.config.ts by hand, in the exported object:',
        '  notifier,',
        '  automationPolicy,',
        '  contextProvider,',
        '  slaPolicyProvider,',
        '',
      ].join('\n'),
    );
    assert.ok(out.split('\n').every((line) => line.length <= 80));
    const again = (await gen('all', '--no-test', '--json')).json();
    assert.equal(again.files.at(-1).lines.length, 8);
  });

  it('leaves a host that names another notifier alone', async () => {
    use({ ...typeScript, 'cairnloop.config.ts': config.replace('});', '  notifier: new MyNotifier(),\n});') });
    const before = treeOf(host.folder);
    const { exitCode, json } = await gen('notifier', '--json');
    assert.equal(exitCode, 0);
    assert.deepEqual(outcomes(json().files), {
      'src/cairnloop/notifier.ts': 'skipped',
      'cairnloop.config.ts': 'skipped',
    });
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('does not import from a file of the host that exports something else', async () => {
    use({ ...typeScript, 'src/cairnloop/notifier.ts': 'export const mailer = 1;\n' });
    const { exitCode, out } = await gen('notifier');
    assert.equal(exitCode, 3);
    assert.match(out, /src\/cairnloop\/notifier\.ts exports no notifier/);
    assert.equal(read('cairnloop.config.ts'), config);
  });

  it('does not bring back a test that the host removed', async () => {
    use(typeScript);
    await gen('policy');
    rmSync(path.join(host.folder, 'src/cairnloop/automation-policy.test.ts'));
    const { json } = await gen('policy', '--json');
    assert.deepEqual(Object.keys(outcomes(json().files)), [
      'src/cairnloop/automation-policy.ts',
      'cairnloop.config.ts',
    ]);
  });

  it('CL3 --dry-run shows a unified diff on stdout and touches nothing', async () => {
    use(typeScript);
    const before = treeOf(host.folder);
    const { exitCode, out, err } = await gen('notifier', '--dry-run');
    assert.equal(exitCode, 0);
    assert.match(out, /^--- \/dev\/null\n\+\+\+ b\/src\/cairnloop\/notifier\.ts\n@@ -0,0 \+1,\d+ @@\n/);
    assert.match(out, /^--- a\/cairnloop\.config\.ts\n\+\+\+ b\/cairnloop\.config\.ts\n/m);
    assert.deepEqual(out.split('--- a/cairnloop')[1]?.match(/^-.*$/gm), null);
    assert.match(err, /^created +src\/cairnloop\/notifier\.ts/m);
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('CL3 --check exits 3 when something would change, 0 when not, and touches nothing', async () => {
    use(typeScript);
    const before = treeOf(host.folder);
    assert.equal((await gen('all', '--check')).exitCode, 3);
    assert.deepEqual(treeOf(host.folder), before);
    await gen('all');
    assert.equal((await gen('all', '--check')).exitCode, 0);
  });

  it('CL3 --json prints one document with every outcome and, for a dry run, the diff', async () => {
    use(typeScript);
    const document = (await gen('context', '--dry-run', '--json')).json();
    assert.equal(document.applied, false);
    assert.match(document.diff, /^\+export const contextProvider/m);
    assert.equal((await gen('context', '--json')).json().applied, true);
  });

  it('CL3 without a terminal it never asks', async () => {
    use(typeScript);
    const { exitCode, err } = await gen();
    assert.equal(exitCode, 2);
    assert.match(err, /gen expected notifier, policy, context, sla, all, alerts; found nothing/);
  });

  it('CL7 an unknown kind suggests the nearest one', async () => {
    use(typeScript);
    const { exitCode, err } = await gen('notifer');
    assert.equal(exitCode, 2);
    assert.match(err, /found "notifer"\.\nDid you mean notifier\?/);
  });

  it('CL1 in a JavaScript host of either module system writes JavaScript', async () => {
    use({ 'package.json': { type: 'module' }, 'index.js': 'export default 1;\n' });
    await gen('notifier');
    assert.match(read('cairnloop.config.js'), /import \{ notifier \} from '\.\/cairnloop\/notifier\.js';/);
    assert.match(
      read('cairnloop/notifier.js'),
      /@type \{import\('cairnloop'\)\.Notifier\}[\s\S]*export const notifier = \{/,
    );
    host.remove();
    use({ 'package.json': {}, 'lib/index.js': 'module.exports = 1;\n' });
    await gen('notifier');
    assert.match(read('cairnloop.config.js'), /const \{ notifier \} = require\('\.\/lib\/cairnloop\/notifier'\);/);
    assert.match(read('lib/cairnloop/notifier.js'), /module\.exports = \{ notifier \};/);
  });

  it('CL1 works from a workspace package, from a folder inside it, and from the root when only one embeds Cairnloop', async () => {
    use({
      'package.json': { private: true, workspaces: ['packages/*'] },
      'packages/web/package.json': { name: 'web' },
      'packages/api/package.json': { name: 'api', type: 'module', dependencies: { cairnloop: '*' } },
      'packages/api/src/deep/index.js': 'export default 1;\n',
    });
    for (const cwd of ['packages/api', 'packages/api/src/deep', '.']) {
      const { json } = await runMain(path.join(host.folder, cwd), ['gen', 'policy', '--dry-run', '--json']);
      assert.equal(json().root, path.join(host.folder, 'packages/api'));
    }
  });

  it('CL1 asks for the package if two in a workspace embed Cairnloop', async () => {
    use({
      'package.json': { private: true },
      'pnpm-workspace.yaml': "packages:\n  # ours\n  - 'apps/*'\n  - '!apps/old'\n",
      'apps/a/package.json': { dependencies: { cairnloop: '*' } },
      'apps/b/package.json': { dependencies: { cairnloop: '*' } },
      'apps/old/package.json': { dependencies: { cairnloop: '*' } },
    });
    const { exitCode, err } = await gen('policy');
    assert.equal(exitCode, 2);
    assert.match(err, /found 2 packages to work in: apps\/a, apps\/b\.\n.*--cwd apps\/a/);
    assert.equal((await gen('policy', '--cwd', 'apps/b')).exitCode, 0);
  });

  it('CL2 writes in the style of the host: of its formatter settings, else of its files', async () => {
    use({ ...typeScript, '.prettierrc': 'semi: false\nsingleQuote: false\ntabWidth: 4\n' });
    await gen('context');
    assert.match(read('src/cairnloop/context-provider.ts'), /from "cairnloop"\n/);
    assert.match(read('src/cairnloop/context-provider.ts'), /^ {4}getContext\(\) \{\n {8}return ok\(\{\}\)\n/m);
    host.remove();
    const crlf = config.replaceAll('\n', '\r\n').replaceAll('  ', '\t').replaceAll("'", '"');
    use({ ...typeScript, 'cairnloop.config.ts': crlf });
    await gen('context');
    assert.match(read('src/cairnloop/context-provider.ts'), /from "cairnloop";\r\n/);
    assert.match(read('src/cairnloop/context-provider.ts'), /^\tgetContext\(\) \{\r\n\t\treturn ok/m);
    assert.equal(/[^\r]\n/.test(read('cairnloop.config.ts')), false);
  });

  it('CL2 puts modules after the database in a new config, without a trailing comma if the style has none', async () => {
    const { 'cairnloop.config.ts': _, ...files } = typeScript;
    use({ ...files, '.prettierrc': 'trailingComma: none\nsemi: false\ntabWidth: 4\nendOfLine: crlf\n' });
    await gen('all');
    const lines = read('cairnloop.config.ts').split('\r\n');
    assert.deepEqual(lines.slice(lines.indexOf('export default defineConfig({')), [
      'export default defineConfig({',
      '    database: { url: process.env.DATABASE_URL },',
      '    notifier,',
      '    automationPolicy,',
      '    contextProvider,',
      '    slaPolicyProvider',
      '})',
      '',
    ]);
    assert.equal((await gen('all', '--check')).exitCode, 0);
  });

  it('takes a module folder with --dir and a config with --config', async () => {
    use({ ...typeScript, 'support/settings.ts': config });
    rmSync(path.join(host.folder, 'cairnloop.config.ts'));
    await gen('policy', '--dir', 'support/modules', '--config', 'support/settings.ts');
    assert.match(read('support/settings.ts'), /from '\.\/modules\/automation-policy\.js'/);
  });

  it('writes the test for the runner that the host has', async () => {
    for (const [runner, shown] of [
      ['vitest', /import \{ expect, test \} from 'vitest';/],
      ['jest', /import \{ expect, test \} from '@jest\/globals';/],
      ['mocha', /import \{ it \} from 'mocha';/],
    ] as const) {
      use({ ...typeScript, 'package.json': { type: 'module', devDependencies: { [runner]: '*' } } });
      await gen('policy');
      const folder = runner === 'mocha' ? 'test' : 'src/cairnloop';
      assert.match(read(`${folder}/automation-policy.test.ts`), shown);
      host.remove();
    }
    use(typeScript);
    await gen('policy', '--no-test');
    assert.equal(existsSync(path.join(host.folder, 'src/cairnloop/automation-policy.test.ts')), false);
  });

  it('names files as the host does, and finds them again', async () => {
    const habits = { 'src/user.service.ts': '', 'src/user.module.ts': '' };
    use({ ...typeScript, ...habits });
    const made = (await gen('all', '--json')).json();
    const kept = {
      'src/cairnloop/automation.policy.ts': 'created',
      'src/cairnloop/automation.policy.test.ts': 'created',
    };
    assert.deepEqual({ ...outcomes(made.files), ...kept }, outcomes(made.files));
    assert.match(read('cairnloop.config.ts'), /from '\.\/src\/cairnloop\/sla-policy\.provider\.js';/);
    assert.match(read('src/cairnloop/context.provider.test.ts'), /from '\.\/context\.provider\.js';/);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      host.write(`src/${name}_x.ts`, '');
      host.write(`src/${name}_y.ts`, '');
    }
    const again = (await gen('all', '--json')).json();
    assert.deepEqual(new Set(Object.values(outcomes(again.files))), new Set(['unchanged']));
    assert.equal((await gen('all', '--check')).exitCode, 0);
  });

  it('prints the commands of the host that bring the files into its order, where its settings go further', async () => {
    const rules = (more: object) => `export default [{ rules: ${JSON.stringify(more)} }];\n`;
    const fixes: [Record<string, string | object>, string[]][] = [
      [{}, []],
      [{ 'biome.json': { formatter: { indentStyle: 'space' } } }, []],
      [{ 'biome.json': { linter: { rules: { style: { useBlockStatements: 'on' } } } } }, ['npx biome check --write']],
      [{ 'eslint.config.js': rules({ 'perfectionist/sort-imports': 'error' }) }, ['npx eslint --fix']],
      [
        { 'eslint.config.js': "import antfu from '@antfu/eslint-config';\nexport default antfu();\n" },
        ['npx eslint --fix'],
      ],
      [{ 'eslint.config.js': "import js from '@eslint/js';\nexport default [js.configs.recommended];\n" }, []],
      [{ '.oxlintrc.json': { plugins: ['typescript'], categories: { correctness: 'error' } } }, []],
      [{ '.oxlintrc.json': { categories: { style: 'error' } } }, ['npx oxlint --fix']],
      [{ 'biome.json': { linter: { rules: { preset: 'recommended' } } } }, []],
      [{ 'biome.json': { linter: { rules: { preset: 'all' } } } }, ['npx biome check --write']],
      [{ '.prettierrc': { singleQuote: true } }, []],
      [{ '.prettierrc': { printWidth: 60 } }, ['npx prettier --write']],
      [{ '.prettierrc': { plugins: ['prettier-plugin-x'] }, 'yarn.lock': '' }, ['yarn prettier --write']],
    ];
    for (const [files, commands] of fixes) {
      use({ ...typeScript, ...files });
      const paths = 'src/cairnloop/automation-policy.ts src/cairnloop/automation-policy.test.ts cairnloop.config.ts';
      const expected = commands.map((command) => `${command} ${paths}`);
      assert.deepEqual((await gen('policy', '--dry-run', '--json')).json().fix, expected, JSON.stringify(files));
      const { out } = await gen('policy');
      assert.equal(out.includes('Format and lint the new files with your own tools:'), expected.length > 0);
      for (const line of expected) assert.ok(out.includes(`\n  ${line}\n`), out);
      assert.deepEqual((await gen('policy', '--json')).json().fix, []);
      host.remove();
    }
    use({});
  });

  it('imports the environment where the host refuses process as a global', async () => {
    const rules = "export default [{ rules: { 'n/prefer-global/process': ['error', 'never'] } }];\n";
    const options = { module: 'nodenext', target: 'es2022', types: ['node'], noEmit: true, strict: true };
    for (const [files, config, imported] of [
      [{}, 'cairnloop.config.js', /^const \{ env \} = require\('node:process'\);$/m],
      [
        { 'tsconfig.json': { compilerOptions: options } },
        'cairnloop.config.ts',
        /^import \{ env \} from 'node:process';$/m,
      ],
      [
        { 'tsconfig.json': { compilerOptions: { ...options, verbatimModuleSyntax: true } } },
        'cairnloop.config.ts',
        /^import process = require\('node:process'\);$/m,
      ],
    ] as const) {
      use({ 'package.json': { name: 'host' }, 'eslint.config.mjs': rules, ...files });
      assert.equal((await gen('sla', '--storage', 'database')).exitCode, 0);
      const module = read(`cairnloop/sla-policy-provider${path.extname(config)}`);
      for (const text of [read(config), module]) {
        assert.match(text, imported);
        assert.match(text, /: (process\.)?env\.DATABASE_URL/);
        assert.equal(/\bprocess\.env/.test(text), /import process/.test(text));
      }
      if (config.endsWith('.ts')) {
        const { stdout } = await execa(process.execPath, [tsc, '-p', '.'], { cwd: host.folder, reject: false });
        assert.equal(stdout, '');
      }
      host.remove();
    }
    use({});
  });

  it('prints nothing by the test of a notifier, and by console only where the host allows it', async () => {
    const eslint = { 'eslint.config.js': "export default [{ rules: { 'no-console': 'error' } }];\n" };
    for (const [files, isRefused] of [
      [{}, false],
      [eslint, true],
    ] as const) {
      use({ 'package.json': { name: 'host', type: 'module' }, ...files });
      await gen('notifier');
      assert.equal(/console\./.test(read('cairnloop/notifier.js')), !isRefused);
      assert.equal(/silence: console/.test(read('cairnloop/notifier.test.js')), !isRefused);
      const run = await execa(process.execPath, ['--test-reporter=tap', 'cairnloop/notifier.test.js'], {
        cwd: host.folder,
      });
      assert.match(run.stdout, /^# pass 1$/m);
      assert.doesNotMatch(run.stdout + run.stderr, /conversation resolved|SLA breached/);
      host.remove();
    }
    use({});
  });

  it('writes a test for Jest in CommonJS with its globals if @jest/globals cannot be resolved', async () => {
    use({ 'package.json': { devDependencies: { jest: '*' } } });
    await gen('policy');
    const test = read('cairnloop/automation-policy.test.js');
    assert.doesNotMatch(test, /@jest/);
    assert.match(test, /^const \{ checkAutomationPolicy \} = require\('cairnloop\/testing'\);$/m);
    assert.match(test, /^ {2}expect\(\[\.\.\.report\.problems\]\)\.toEqual\(\[\]\);$/m);
  });

  describe('refuses', () => {
    const refused = async (argv: string[], message: RegExp) => {
      const before = treeOf(host.folder);
      const { exitCode, err } = await gen('notifier', ...argv);
      assert.notEqual(exitCode, 0);
      assert.match(err, message);
      assert.doesNotMatch(err, /\n\s+at /);
      assert.deepEqual(treeOf(host.folder), before);
    };

    it('a folder outside the package', async () => {
      use(typeScript);
      await refused(['--dir', '../../etc'], /"\.\.\/\.\.\/etc" is refused: the path leads out of the package/);
      await refused(['--dir', '/etc'], /the path leads out of the package/);
      await refused(['--config', '../cairnloop.config.ts'], /the path leads out of the package/);
    });

    it('odd names', async () => {
      use(typeScript);
      for (const name of ['a\nb', "it's", 'con', '-rf', 'a;b', 'a\u202eb', ' ', 'src/.git', 'node_modules/x', 'x. ']) {
        await refused(['--dir', name], /is refused: /);
      }
      await refused(['--config', 'settings.txt'], /the name of a config file ends in \.ts/);
    });

    it('a symbolic link that leads out of the package', async () => {
      use(typeScript);
      const outside = mkdtempSync(path.join(tmpdir(), 'cairnloop-outside-'));
      symlinkSync(outside, path.join(host.folder, 'src/cairnloop'));
      await refused([], /a symbolic link leads out of the package/);
      rmSync(outside, { recursive: true });
    });

    it('a file where a folder belongs', async () => {
      use({ ...typeScript, 'src/cairnloop': 'not a folder\n' });
      await refused([], /a part of the path is a file/);
    });

    it('a package that is not there', async () => {
      use(typeScript);
      await refused(['--cwd', 'nowhere'], /No package was found at .*nowhere: there is no such folder/);
    });

    it("Cairnloop's own folder, which git ignores", async () => {
      use(typeScript);
      await refused(['--dir', '.cairnloop'], /git ignores that folder/);
      await refused(['--dir', 'src/../.cairnloop/modules'], /git ignores that folder/);
    });

    it('a package.json that does not contain an object', async () => {
      for (const text of ['null', '[]', '"host"']) {
        use({ ...typeScript, 'package.json': text });
        await refused([], /No package was found at .*: package\.json does not contain an object\./);
        host.remove();
      }
      use(typeScript);
    });

    it('a --config that does not exist beside a config that does', async () => {
      use(typeScript);
      const hint =
        /looked for nope\.ts\.\nNothing was written\. Leave --config out to use the config file cairnloop\.config\.ts\./;
      await refused(['--config', 'nope.ts'], hint);
      await refused(['--config', './cairnlop.config.ts'], /to use the config file cairnloop\.config\.ts/);
    });

    it('two configs', async () => {
      use({ ...typeScript, 'cairnloop.config.js': config });
      await refused([], /More than one Cairnloop config was found/);
    });
  });

  it('accepts unusual but valid names', async () => {
    use(typeScript);
    const folders = { notifier: 'app/(support)/[id]', policy: 'größe', context: 'two words', sla: '@scope/x' };
    for (const [kind, folder] of Object.entries(folders)) {
      assert.equal((await gen(kind, '--dir', folder)).exitCode, 0);
      assert.ok(read('cairnloop.config.ts').includes(`from './${folder}/`));
    }
  });

  it('keeps the mode of a file that it updates', async () => {
    use(typeScript);
    chmodSync(path.join(host.folder, 'cairnloop.config.ts'), 0o640);
    await gen('policy');
    assert.equal(statSync(path.join(host.folder, 'cairnloop.config.ts')).mode & 0o777, 0o640);
  });

  it('writes through a link that stays inside the package', async () => {
    use(typeScript);
    host.write('config/real.ts', config);
    rmSync(path.join(host.folder, 'cairnloop.config.ts'));
    symlinkSync('config/real.ts', path.join(host.folder, 'cairnloop.config.ts'));
    await gen('policy');
    assert.match(read('config/real.ts'), /automationPolicy,/);
  });

  describe('at a terminal', () => {
    const questions = { 'In which folder': 'support', 'Where are the SLA terms': 'database', Write: true };

    it('asks only for what no flag says', async () => {
      use(typeScript);
      const { exitCode, asked } = await runMain(host.folder, ['gen', 'sla'], questions);
      assert.equal(exitCode, 0);
      assert.deepEqual(asked, [
        'In which folder should the modules be written?',
        'Where are the SLA terms stored?',
        'Write these 3 files?',
      ]);
      assert.match(read('support/sla-policy-provider.ts'), /cairnloop\.sla_policies/);
      const flags = ['gen', 'policy', '--dir', 'x'];
      assert.deepEqual((await runMain(host.folder, flags, questions)).asked, ['Write these 3 files?']);
      assert.deepEqual((await runMain(host.folder, ['gen', 'context', '--yes'], questions)).asked, []);
    });

    it('Ctrl-C leaves the tree as it was and exits 130', async () => {
      use(typeScript);
      const before = treeOf(host.folder);
      for (const start of ['In which folder', 'Where are the SLA terms', 'Write']) {
        const answers = { ...questions, [start]: new CairnloopError('CANCELLED', {}) };
        const { exitCode, out, err } = await runMain(host.folder, ['gen', 'sla'], answers);
        assert.deepEqual([exitCode, out], [130, '']);
        assert.match(err, /Cancelled\.\nNothing was changed\.\n$/);
      }
      assert.equal((await runMain(host.folder, ['gen', 'sla'], { ...questions, Write: false })).exitCode, 130);
      assert.deepEqual(treeOf(host.folder), before);
    });
  });

  it('names a config or module that may not be read, and writes nothing', async () => {
    for (const file of ['cairnloop.config.ts', 'src/cairnloop/notifier.ts']) {
      use({ ...typeScript, 'src/cairnloop/notifier.ts': 'export const notifier = {};\n' });
      const before = treeOf(host.folder);
      chmodSync(path.join(host.folder, file), 0o000);
      chmodSync(host.folder, 0o755);
      const { exitCode, err } = await asOrdinaryUser(() => gen('notifier'));
      assert.equal(exitCode, 1);
      assert.equal(
        err,
        `${file} could not be read: permission was denied.\nNothing was written. Make the file readable and run the command again.\n`,
      );
      chmodSync(path.join(host.folder, file), 0o644);
      assert.deepEqual(treeOf(host.folder), before);
      host.remove();
    }
    use(typeScript);
  });

  it('takes its style from the files that it may read', async () => {
    use({ ...typeScript, '.prettierrc': 'semi: false\n', '.editorconfig': '[*]\n' });
    for (const file of ['.prettierrc', '.editorconfig', 'src/index.ts']) {
      chmodSync(path.join(host.folder, file), 0o000);
    }
    chmodSync(host.folder, 0o755);
    const { exitCode, err } = await asOrdinaryUser(() => gen('notifier', '--check'));
    assert.equal(exitCode, 3, err);
  });

  it('is refused in a folder that may not be written to, and leaves nothing behind', async () => {
    use(typeScript);
    mkdirSync(path.join(host.folder, 'src/cairnloop'));
    chmodSync(path.join(host.folder, 'src/cairnloop'), 0o555);
    chmodSync(host.folder, 0o755);
    const before = treeOf(host.folder);
    const { exitCode, err } = await asOrdinaryUser(() => gen('notifier'));
    assert.equal(exitCode, 1);
    assert.match(err, /src\/cairnloop\/notifier\.ts could not be written: permission was denied/);
    assert.deepEqual(treeOf(host.folder), before);
  });
});

/** Root may write anywhere, so it steps down meanwhile. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
