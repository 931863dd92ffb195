import assert from 'node:assert/strict';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const config = `export default {
  database: { url: process.env.CAIRNLOOP_WORKSPACE_TEST_URL },
  slaPolicyProvider: {
    getActivePolicies: () => ({ ok: true, value: [{ priority: 'high', responseMinutes: 61, breachMinutes: 240 }] }),
    setPolicy: () => ({ ok: false, error: 'no' }),
  },
};
`;

/** Nothing listens there; only the package's own `.env` names it. */
const env = 'CAIRNLOOP_WORKSPACE_TEST_URL=postgres://user@127.0.0.1:9/of-the-package\n';

describe('CL1 a monorepo, from any current folder', () => {
  let host: TempHost;
  const places = ['packages/api', 'packages/api/src/deep', '.'];
  const run = (place: string, ...argv: string[]) => runMain(path.join(host.folder, place), argv);
  afterEach(() => {
    host.remove();
    delete process.env.CAIRNLOOP_WORKSPACE_TEST_URL;
  });

  function workspace(files: Record<string, string | object> = {}) {
    host = tempHost({
      'package.json': { private: true, workspaces: ['packages/*'] },
      'packages/web/package.json': { name: 'web' },
      'packages/api/package.json': { name: 'api', type: 'module', dependencies: { cairnloop: '*' } },
      'packages/api/src/deep/index.js': 'export default 1;\n',
      ...files,
    });
  }

  for (const argv of ['migrate', 'worker', 'deliveries list', 'policy replay', 'audit verify', 'sla explain 1']) {
    it(`finds the host's config and .env for ${argv}`, async () => {
      workspace({ 'packages/api/cairnloop.config.js': config, 'packages/api/.env': env });
      for (const place of places) {
        delete process.env.CAIRNLOOP_WORKSPACE_TEST_URL;
        const { exitCode, err } = await run(place, ...argv.split(' '));
        assert.equal(exitCode, 1);
        assert.match(err, /of-the-package cannot be reached/);
      }
    });
  }

  it('resolves --config from the current folder, and uses the package of that config if two embed Cairnloop', async () => {
    workspace({
      'packages/api/own.config.js': config,
      'packages/api/.env': env,
      'packages/web/package.json': { name: 'web', type: 'module', dependencies: { cairnloop: '*' } },
    });
    for (const [place, file] of [
      ['.', 'packages/api/own.config.js'],
      ['packages/api/src', '../own.config.js'],
    ] as const) {
      const { out, err } = await run(place, 'sla', 'list', '--config', file);
      assert.match(out, /high +61 min/, err);
      const gen = await run(place, 'gen', 'policy', '--config', file, '--check', '--json');
      assert.equal(gen.json().root, path.join(host.folder, 'packages/api'));
      const doctor = (await run(place, 'doctor', '--config', file, '--json')).json();
      const { level } = doctor.findings.find(({ code }: { code: string }) => code === 'CONFIG');
      assert.equal(level, 'ok');
    }
    const { exitCode, err } = await run('.', 'sla', 'list');
    assert.equal(exitCode, 2);
    assert.match(err, /found 2 packages to work in: packages\/api, packages\/web/);
  });

  it('runs in a folder of its own config inside a package that has none, and in one without a package.json', async () => {
    workspace({ 'packages/web/demo/cairnloop.config.js': config, 'packages/web/demo/.env': env });
    assert.match((await run('packages/web/demo', 'sla', 'list')).out, /high +61 min/);
  });

  it('prints paths, diffs and commands relative to the current folder', async () => {
    workspace();
    const dry = await run('.', 'init', '--modules', 'policy', '--dry-run');
    assert.match(dry.out, /^\+\+\+ b\/packages\/api\/src\/cairnloop\/automation-policy\.js$/m);
    assert.match(dry.err, /^Found api in packages\/api: JavaScript/m);
    assert.match(
      (await run('packages/api/src', 'gen', 'policy', '--dry-run')).out,
      /^\+\+\+ b\/cairnloop\.config\.js$/m,
    );
    const { out } = await run('.', 'init', '--modules', 'policy');
    assert.match(out, /^created +packages\/api\/cairnloop\.config\.js$/m);
    assert.match(out, /^Next:\n {2}cd packages\/api\n {2}npx cairnloop gen all\n/m);
    const deep = await run('packages/api/src/deep', 'init', '--modules', 'sla');
    assert.match(deep.out, /^updated +\.\.\/\.\.\/cairnloop\.config\.js$/m);
    assert.match(deep.out, /^Next:\n {2}npx cairnloop gen all\n/m);
    assert.match((await run('.', 'undo')).out, /^updated +packages\/api\/cairnloop\.config\.js/m);
  });

  it('says where to install', async () => {
    workspace({
      'packages/api/package.json': { name: 'api', type: 'module' },
      'packages/api/cairnloop.config.js': config,
    });
    const { out } = await run('.', 'gen', 'policy');
    assert.match(
      out,
      /^Install the packages that package.json does not list yet, in packages\/api:\n {2}npm install cairnloop$/m,
    );
  });
});
