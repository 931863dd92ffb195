import assert from 'node:assert/strict';
import path from 'node:path';
import { findConfigFile } from '../../src/config/load-config.js';
import { hostChecks } from '../../src/doctor/checks/host-checks.js';
import { readHostBuildFacts } from '../../src/doctor/read-build-facts.js';
import { goodFacts } from '../doctor/good-facts.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const config = 'export default { database: { url: "postgres://a@127.0.0.1:9/x" } };\n';

describe('a host that is deployed as build output only', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const found = () => findConfigFile({ cwd: host.folder }).slice(host.folder.length + 1);
  afterEach(() => host.remove());

  it('CL5 runs with its compiled config, in any output folder', async () => {
    for (const file of [
      'dist/cairnloop.config.mjs',
      'dist/src/cairnloop.config.js',
      'build/cairnloop.config.cjs',
      'dist/apps/api/cairnloop.config.js',
    ]) {
      use({ 'package.json': { type: 'module', name: 'host' }, [file]: config });
      assert.equal(found(), file);
      host.remove();
    }
    use({ 'package.json': { type: 'module', name: 'host' }, 'dist/cairnloop.config.mjs': config });
    assert.match((await runMain(host.folder, ['worker'])).err, /cannot be reached/);
  });

  it('CL5 runs with the config of its own build, and with the source if that exists', () => {
    use({
      'package.json': { name: 'host' },
      'tsconfig.json': { compilerOptions: { outDir: './lib/server' } },
      'lib/server/cairnloop.config.js': config,
      'dist/cairnloop.config.js': config,
    });
    assert.equal(found(), 'lib/server/cairnloop.config.js');
    host.write('cairnloop.config.ts', config);
    assert.equal(found(), 'cairnloop.config.ts');
  });

  it('looks in the usual output folders if outDir is the folder of the host or outside it', () => {
    for (const outDir of ['.', './', '..', '../other']) {
      use({
        'other/cairnloop.config.js': config,
        'api/package.json': { name: 'host' },
        'api/tsconfig.json': { compilerOptions: { outDir } },
        'api/examples/cairnloop.config.js': config,
      });
      const cwd = path.join(host.folder, 'api');
      assert.throws(() => findConfigFile({ cwd }), { code: 'CONFIG_NOT_FOUND' }, outDir);
      host.write('api/dist/cairnloop.config.js', config);
      assert.equal(path.relative(cwd, findConfigFile({ cwd })), path.join('dist', 'cairnloop.config.js'), outDir);
      host.remove();
    }
  });

  it('names both if there are two', () => {
    use({ 'package.json': { name: 'host' }, 'dist/cairnloop.config.js': config, 'build/cairnloop.config.js': config });
    assert.throws(found, { code: 'CONFIG_AMBIGUOUS', message: /dist\/cairnloop\.config\.js and build\/cairnloop/ });
  });
});

describe('doctor BUILD', () => {
  let host: TempHost | undefined;
  afterEach(() => host?.remove());
  async function judged(files: Record<string, string | object>) {
    host = tempHost({ 'cairnloop.config.ts': config, ...files });
    const value = await readHostBuildFacts(host.folder, undefined);
    const check = hostChecks.find(({ code }) => code === 'BUILD');
    const [finding] = check?.run({ ...goodFacts(), build: { state: 'known', value } }) ?? [];
    host.remove();
    host = undefined;
    return finding;
  }
  const built = (build: string, more: object = {}) => ({
    'package.json': { name: 'host', scripts: { build }, ...more },
  });

  it('names the bundler that leaves the config out, and the line to add', async () => {
    const cases: [Record<string, string | object>, RegExp, RegExp][] = [
      [built('tsup src/main.ts'), /by tsup/, /"cairnloop\.config\.ts" to the entries in the build script/],
      [
        { ...built('tsup'), 'tsup.config.ts': "export default { entry: ['src/main.ts'] };" },
        /by tsup/,
        /in tsup\.config\.ts$/,
      ],
      [
        built('npm run clean && npm run bundle', {
          scripts: { build: 'npm run bundle', bundle: 'esbuild src/main.ts --bundle --outdir=dist' },
        }),
        /by esbuild/,
        /entries/,
      ],
      [
        {
          ...built('node build.mjs'),
          'build.mjs': "import { build } from 'esbuild';\nawait build({ entryPoints: ['src/main.ts'] });",
        },
        /by esbuild/,
        /in build\.mjs$/,
      ],
      [
        { ...built('nest build'), 'nest-cli.json': { compilerOptions: { webpack: true } } },
        /by webpack/,
        /nest-cli\.json/,
      ],
      [
        {
          'package.json': { name: 'host' },
          'project.json': { targets: { build: { executor: '@nx/webpack:webpack', options: { main: 'src/main.ts' } } } },
        },
        /by webpack/,
        /project\.json/,
      ],
      [built('swc src -d dist'), /by swc/, /move cairnloop\.config\.ts/],
    ];
    for (const [files, message, fix] of cases) {
      const finding = await judged(files);
      assert.equal(finding?.level, 'check', JSON.stringify(files));
      assert.match(finding?.message ?? '', message);
      assert.match(finding?.fix ?? '', fix);
    }
  });

  it('follows scripts that call each other, however many, and one that calls itself once', async () => {
    const names = ['build', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const calls = names.map((name, at) => [name, at === 7 ? 'esbuild src/main.ts' : `npm run ${names[at + 1]}`]);
    const chain = await judged({ 'package.json': { name: 'host', scripts: Object.fromEntries(calls) } });
    assert.match(chain?.message ?? '', /by esbuild/);
    const circle = await judged(built('npm run b', { scripts: { build: 'npm run b', b: 'npm run build && tsup' } }));
    assert.match(circle?.message ?? '', /by tsup/);
    const unknown = await judged(built('npm run build && npm run gone && make'));
    assert.match(unknown?.message ?? '', /"npm run build && npm run gone && make"/);
  });

  it('is ok if the bundler is set to include the config, and for tsc', async () => {
    for (const files of [
      built('tsup src/main.ts cairnloop.config.ts'),
      { ...built('tsup'), 'tsup.config.ts': "export default { entry: ['src/main.ts', 'cairnloop.config.ts'] };" },
      built('rimraf dist && tsc -p tsconfig.json && tsc-alias'),
      built('nest build'),
      { 'package.json': { name: 'host' } },
    ]) {
      assert.equal((await judged(files))?.level, 'ok', JSON.stringify(files));
    }
  });

  it('is "not checked" for a build that it cannot read', async () => {
    for (const build of [
      'next build',
      'vite build',
      'tsc -b && vite build',
      'nx build api',
      'make',
      'node scripts/build.js',
    ]) {
      const finding = await judged(built(build));
      assert.deepEqual([finding?.level, finding?.fix], ['check', null], build);
      assert.match(finding?.message ?? '', /not checked/);
    }
  });

  it('is "not checked" for a tsconfig that cannot be read as a whole', async () => {
    for (const tsconfig of [
      '{ nope',
      '{ "extends": "./.generated/tsconfig.json" }',
      '{ "extends": "@acme/tsconfig" }',
    ]) {
      const finding = await judged({ ...built('tsc'), 'tsconfig.json': tsconfig });
      assert.deepEqual([finding?.level, finding?.fix], ['check', null], tsconfig);
      assert.match(finding?.message ?? '', /^build not checked: the tsconfig cannot be read: /);
    }
  });

  it('reports a folder that shadows the package, and init does not create one', async () => {
    const files = {
      'package.json': { name: 'host', type: 'module', devDependencies: { typescript: '*' } },
      'tsconfig.json': { compilerOptions: { baseUrl: './src', module: 'esnext', moduleResolution: 'bundler' } },
    };
    const finding = await judged({ ...files, 'src/cairnloop/notifier.ts': '' });
    assert.equal(finding?.level, 'blocked');
    assert.match(finding?.message ?? '', /resolve the package cairnloop to src\/cairnloop/);
    for (const compilerOptions of [{ baseUrl: './src' }, { paths: { '*': ['./src/*'] } }]) {
      host = tempHost({ ...files, 'tsconfig.json': { compilerOptions }, 'src/main.ts': '' });
      const { out } = await runMain(host.folder, ['gen', 'notifier']);
      assert.match(out, /^created +src\/cairnloop-modules\/notifier\.ts$/m);
      host.remove();
    }
    host = undefined;
  });
});
