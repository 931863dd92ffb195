import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const options = { strict: true, module: 'nodenext', target: 'es2022', types: ['node'], outDir: './dist' };
const packageJson = (typescript = '*') => ({
  name: 'host',
  scripts: { build: 'tsc', start: 'node dist/main.js' },
  dependencies: { cairnloop: '*' },
  devDependencies: { typescript, '@types/node': '*' },
});

describe('CL1 init and the build of a TypeScript host', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const init = (...argv: string[]) => runMain(host.folder, ['init', '--yes', ...argv]);
  const has = (file: string) => existsSync(path.join(host.folder, file));
  const build = async () => {
    rmSync(path.join(host.folder, 'dist'), { recursive: true, force: true });
    const run = await execa(process.execPath, [tsc, '-p', '.', '--noEmitOnError'], { cwd: host.folder, reject: false });
    return run.stdout;
  };
  const start = async () => (await execa(process.execPath, ['dist/main.js'], { cwd: host.folder })).stdout;
  const finding = async () => {
    const { json } = await runMain(host.folder, ['doctor', '--json']);
    return json().findings.find(({ code }: { code: string }) => code === 'BUILD');
  };
  afterEach(() => host.remove());

  it('puts the config into src if that is the root of the output, and the built server that imports it starts as before', async () => {
    use({
      'package.json': packageJson(),
      'tsconfig.json': { compilerOptions: { ...options, rootDir: './src' } },
      'src/main.ts': "console.log('up');\n",
    });
    assert.deepEqual([await build(), await start()], ['', 'up']);
    const { exitCode, err } = await init('--modules', 'all');
    assert.equal(exitCode, 0, err);
    host.write('src/main.ts', "import config from './cairnloop.config';\n\nconsole.log(Object.keys(config).length);\n");
    assert.deepEqual([await build(), await start()], ['', '5']);
    assert.equal((await finding()).level, 'ok');
    assert.equal((await init('--check')).exitCode, 0);
  });

  it('uses the default rootDir of TypeScript before 6 when none is set', async () => {
    const files = { 'tsconfig.json': { compilerOptions: options }, 'src/main.ts': '', 'src/app/app.ts': '' };
    use({ ...files, 'package.json': packageJson('^5.9.0') });
    await init();
    assert.ok(has('src/cairnloop.config.ts'));
    for (const [json, tsconfig] of [
      [packageJson('^6.0.0'), files['tsconfig.json']],
      [{ ...packageJson('^5.9.0'), main: 'dist/src/main.js' }, files['tsconfig.json']],
      [packageJson('^5.9.0'), { compilerOptions: { ...options, noEmit: true } }],
    ] as const) {
      host.remove();
      use({ ...files, 'package.json': json, 'tsconfig.json': tsconfig });
      await init();
      assert.ok(has('cairnloop.config.ts'));
    }
  });

  it('reads tsconfig.build.json before tsconfig.json', async () => {
    use({
      'package.json': packageJson('^5.9.0'),
      'tsconfig.json': { compilerOptions: options },
      'tsconfig.build.json': { extends: './tsconfig.json', exclude: ['node_modules', 'test', 'dist'] },
      'src/main.ts': '',
      'test/app.e2e-spec.ts': '',
    });
    await init();
    assert.ok(has('src/cairnloop.config.ts'));
  });

  it('prints the tsconfig line that is missing while the config must stay outside of src', async () => {
    const tsconfig = { compilerOptions: { ...options, rootDir: './app' } };
    use({ 'package.json': packageJson(), 'tsconfig.json': tsconfig, 'app/main.ts': "console.log('up');\n" });
    const { exitCode, out } = await init('--modules', 'notifier');
    assert.equal(exitCode, 3);
    assert.match(
      out,
      /^manual +tsconfig\.json\n +\(tsc compiles cairnloop\.config\.ts too, which lies outside of its$/m,
    );
    assert.match(
      out,
      /^Put this line into tsconfig\.json by hand, beside "compilerOptions":\n {2}"include": \["app"\]$/m,
    );
    assert.match(await build(), /TS6059/);
    const { level, fix } = await finding();
    assert.deepEqual([level, fix], ['check', 'put "include": ["app"] into tsconfig.json']);
    host.write('tsconfig.json', JSON.stringify({ ...tsconfig, include: ['app'] }));
    assert.deepEqual([await build(), await start()], ['', 'up']);
    assert.equal((await finding()).level, 'ok');
    assert.equal((await init('--check')).exitCode, 0);
    assert.match(
      readFileSync(path.join(host.folder, 'cairnloop.config.ts'), 'utf8'),
      /from '\.\/app\/cairnloop\/notifier'/,
    );
  });

  it('writes a .ts config for every "module" that compiles under strict and that the built server can require', async () => {
    for (const module of ['node16', 'node18', 'node20', 'nodenext', 'commonjs']) {
      use({
        'package.json': packageJson(),
        'tsconfig.json': {
          compilerOptions: {
            ...options,
            module,
            rootDir: './src',
            moduleResolution: module === 'commonjs' ? 'bundler' : undefined,
          },
        },
        'src/main.ts':
          "import { createCairnloop } from 'cairnloop';\nimport config from './cairnloop.config';\n\nconsole.log(typeof createCairnloop, Object.keys(config).length);\n",
      });
      const { exitCode, out } = await init('--modules', 'all', '--storage', 'database');
      assert.equal(exitCode, 0, out);
      assert.match(out, /^created +src\/cairnloop\.config\.ts$/m);
      assert.deepEqual([await build(), await start()], ['', 'function 5'], module);
      assert.equal((await init('--modules', 'all', '--check')).exitCode, 0);
      host.remove();
    }
    use({});
  });
});
