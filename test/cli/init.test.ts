import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageInstallCommands } from '../../src/gen/package-manager.js';
import { commandsToRunAfterInit } from '../../src/gen/plan-init.js';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

const packageJson = `{
    "name": "host",
    "type": "module",
    "scripts": {
        "start": "node src/server.js",
        "cairnloop:doctor": "cairnloop doctor --strict"
    },
    "dependencies": { "express": "^5.0.0", "cairnloop": "*" }
}
`;

describe('cairnloop init', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const init = (...argv: string[]) => runMain(host.folder, ['init', ...argv]);
  const read = (file: string) => readFileSync(path.join(host.folder, file), 'utf8');
  afterEach(() => host.remove());

  it('writes the config, the scripts and the example environment, and names the three next commands', async () => {
    use({ 'package.json': packageJson, 'src/server.js': 'export default 1;\n' });
    const { exitCode, out, err } = await init();
    assert.equal(exitCode, 0);
    assert.match(err, /^Found host: JavaScript, ES modules, express, npm, code in src\.$/m);
    assert.match(out, /Next:\n {2}npx cairnloop gen all\n {2}npx cairnloop migrate\n {2}npx cairnloop doctor\n$/);
    assert.equal(
      read('cairnloop.config.js'),
      "import { defineConfig } from 'cairnloop';\n\nexport default defineConfig({\n  database: { url: process.env.DATABASE_URL },\n});\n",
    );
    assert.equal(read('.env.example'), 'DATABASE_URL=postgres://user:password@localhost:5432/app\n');
  });

  it('CL2 adds lines to package.json and leaves the others as they are, also a script of the same name', async () => {
    use({ 'package.json': packageJson });
    await init();
    const lines = read('package.json').split('\n');
    assert.deepEqual(
      lines.filter((line) => !packageJson.split('\n').includes(line)),
      ['        "cairnloop:migrate": "cairnloop migrate",', '        "cairnloop:worker": "cairnloop worker",'],
    );
    assert.equal(JSON.parse(read('package.json')).scripts['cairnloop:doctor'], 'cairnloop doctor --strict');
  });

  it('adds scripts to a package.json of any shape', async () => {
    const shapes = [
      '{}',
      '{ "name": "a" }\n',
      '{\n\t"name": "a"\n}',
      '{\r\n  "name": "a",\r\n  "scripts": {}\r\n}\r\n',
    ];
    for (const shape of [...shapes, `\uFEFF{\n  "name": "a"\n}\n`]) {
      use({ 'package.json': shape });
      const { exitCode, err } = await init();
      assert.equal(exitCode, 0, err);
      const text = read('package.json');
      assert.deepEqual(Object.keys(JSON.parse(text.replace('\uFEFF', '')).scripts).sort(), [
        'cairnloop:doctor',
        'cairnloop:migrate',
        'cairnloop:worker',
      ]);
      assert.equal(text.startsWith('\uFEFF'), shape.startsWith('\uFEFF'));
      assert.equal(/[^\r]\n/.test(text), /[^\r]\n/.test(shape));
      host.remove();
    }
    use({ 'package.json': '{}' });
  });

  it('leaves "scripts" alone that is not an object, and prints the lines to add', async () => {
    for (const scripts of ['[]', 'null']) {
      const text = `{\n  "name": "a",\n  "scripts": ${scripts}\n}\n`;
      use({ 'package.json': text });
      const { exitCode, out } = await init();
      assert.equal(exitCode, 3);
      assert.match(out, /^manual +package\.json {2}\("scripts" of package\.json is not an object\)$/m);
      assert.match(out, /by hand, in "scripts":\n {2}"cairnloop:migrate": "cairnloop migrate",\n/);
      assert.equal(read('package.json'), text);
      host.remove();
    }
    const twice = '{ "scripts": { "a": "1" }, "scripts": { "b": "2" } }\n';
    use({ 'package.json': twice });
    const { exitCode, out } = await init();
    assert.deepEqual([exitCode, read('package.json')], [3, twice]);
    assert.match(out, /^manual +package\.json {2}\(package.json has "scripts" more than once\)$/m);
    host.remove();
    use({ 'package.json': '{ "workspaces": [1], "packageManager": 4, "scripts": { "test": 3 }, "jest": null }' });
    assert.equal((await init()).exitCode, 0);
  });

  it('names a config in its scripts and commands that no command finds by itself', async () => {
    const file = 'config/my support.config.js';
    use({ 'package.json': packageJson, [file]: 'export default { database: { url: "postgres://h/d" } };\n' });
    const { exitCode, out } = await init('--config', file);
    assert.equal(exitCode, 0);
    const { scripts } = JSON.parse(read('package.json'));
    assert.equal(scripts['cairnloop:worker'], 'cairnloop worker --config "config/my support.config.js"');
    assert.match(out, /bin\/cairnloop\.js worker --config "config\/my support\.config\.js"$/m);
    assert.match(out, /^ {2}npx cairnloop gen all --config "config\/my support\.config\.js"$/m);
    assert.equal(scripts['cairnloop:migrate'], 'cairnloop migrate --config "config/my support.config.js"');
    host.remove();
    use({ 'package.json': packageJson });
  });

  it('adds the key to .env.example, and leaves one alone that has it', async () => {
    use({ 'package.json': packageJson, '.env.example': 'PORT=3000' });
    await init();
    assert.match(read('.env.example'), /^PORT=3000\nDATABASE_URL=postgres:.*\n$/);
    host.remove();
    use({ 'package.json': packageJson, '.env.example': '# DATABASE_URL=mine\n' });
    await init();
    assert.equal(read('.env.example'), '# DATABASE_URL=mine\n');
  });

  it('is idempotent, and --check says so', async () => {
    use({ 'package.json': packageJson });
    assert.equal((await init('--modules', 'all', '--check')).exitCode, 3);
    await init('--modules', 'all');
    const before = treeOf(host.folder);
    assert.equal((await init('--modules', 'all', '--check')).exitCode, 0);
    await init('--modules', 'all');
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('writes the modules that --modules names, and refuses others', async () => {
    use({ 'package.json': packageJson });
    const { json } = await init('--modules', 'policy,sla', '--json');
    assert.deepEqual(
      json().files.map((file: { path: string }) => file.path),
      [
        'cairnloop/automation-policy.js',
        'cairnloop/automation-policy.test.js',
        'cairnloop/sla-policy-provider.js',
        'cairnloop/sla-policy-provider.test.js',
        'cairnloop.config.js',
        'package.json',
        '.env.example',
      ],
    );
    const wrong = await init('--modules', 'notifiers');
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.err, /--modules expected all, none, or some of notifier,policy,context,sla; found "notifiers"/);
  });

  it('offers the four modules at a terminal', async () => {
    use({ 'package.json': packageJson });
    const answers = { 'Which modules': ['notifier'], 'In which folder': 'support', Write: true };
    const { asked } = await runMain(host.folder, ['init'], answers);
    assert.deepEqual(asked.length, 3);
    assert.ok(existsSync(path.join(host.folder, 'support/notifier.js')));
  });

  it('CL3 --dry-run leaves the tree as it was', async () => {
    use({ 'package.json': packageJson });
    const before = treeOf(host.folder);
    const { out } = await init('--modules', 'all', '--dry-run');
    assert.match(out, /^\+\+\+ b\/cairnloop\.config\.js$/m);
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('finds TypeScript, module system, package manager, framework and test runner', () => {
    const facts = (files: Record<string, string | object>) => {
      use(files);
      const { language, moduleSyntax, packageManager, framework, tests, testSuffix, extension } = readHostSnapshot({
        cwd: host.folder,
      });
      host.remove();
      return [language, moduleSyntax, extension, packageManager, framework, tests.runner, testSuffix].join(' ');
    };
    const json = (more: object) => ({ 'package.json': more });
    assert.equal(facts(json({})), 'js commonjs none npm  node test');
    assert.equal(
      facts({
        ...json({
          type: 'module',
          dependencies: { '@nestjs/core': '11' },
          jest: { testRegex: '.*\\.spec\\.ts$' },
          scripts: { test: 'jest' },
        }),
        'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", /* Nest */ } }',
        'pnpm-lock.yaml': '',
      }),
      'ts esm js pnpm nest jest spec',
    );
    assert.equal(
      facts({
        ...json({
          type: 'module',
          packageManager: 'yarn@4.1.0',
          dependencies: { fastify: '5' },
          scripts: { test: 'node --test' },
        }),
        'tsconfig.base.json': { compilerOptions: { module: 'nodenext' } },
        'tsconfig.json': { extends: './tsconfig.base.json' },
      }),
      'ts esm js yarn fastify node test',
    );
    assert.equal(
      facts({
        ...json({ dependencies: { next: '16' }, devDependencies: { vitest: '4' } }),
        'tsconfig.json': { compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
        'bun.lock': '',
      }),
      'ts esm none bun next vitest test',
    );
    assert.equal(
      facts({
        ...json({ devDependencies: { mocha: '12' } }),
        'tsconfig.json': { compilerOptions: { module: 'commonjs', verbatimModuleSyntax: true } },
      }),
      'ts export-equals none npm  mocha test',
    );
    assert.equal(
      facts({
        ...json({ type: 'module' }),
        'tsconfig.json': { compilerOptions: { module: 'nodenext', rewriteRelativeImportExtensions: true } },
      }),
      'ts esm ts npm  node test',
    );
    use(json({}));
  });

  it('prints commands for the package manager in use', () => {
    use({ 'package.json': '{}', 'pnpm-lock.yaml': '' });
    const commands = commandsToRunAfterInit(
      readHostSnapshot({ cwd: host.folder }),
      { root: '', changes: [], notes: [] },
      '',
    );
    assert.deepEqual(
      commands,
      ['gen all', 'migrate', 'doctor'].map((verb) => `pnpm exec cairnloop ${verb}`),
    );
    assert.deepEqual(packageInstallCommands('bun', ['pg', '@types/pg', '@types/node']), [
      'bun add pg',
      'bun add -d @types/pg @types/node',
    ]);
  });

  it('names the modules that are still to be generated, or none', async () => {
    use({ 'package.json': packageJson });
    const next = async (...argv: string[]) => (await init('--json', ...argv)).json().next;
    assert.equal((await next('--modules', 'policy,sla'))[0], 'npx cairnloop gen all');
    assert.equal((await next('--modules', 'context'))[0], 'npx cairnloop gen notifier');
    await next('--modules', 'all');
    const three = ['migrate', 'doctor', 'worker'].map((verb) => `npx cairnloop ${verb}`);
    assert.deepEqual(await next(), three);
    host.write('cairnloop.config.js', read('cairnloop.config.js').replace('defineConfig({', 'mine({'));
    assert.deepEqual(await next(), three);
  });

  it('prints one install line for dependencies and one for type packages', async () => {
    use({ 'package.json': { name: 'host', type: 'module', devDependencies: { typescript: '*' } } });
    const { out } = await init('--modules', 'sla', '--storage', 'database');
    const lines =
      'Install the packages that package.json does not list yet:\n  npm install cairnloop pg\n  npm install -D @types/pg @types/node\n';
    assert.ok(out.includes(lines), out);
  });
});
