import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { findHostFolder, findPackage } from '../../src/host-project/find-package.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

const config = 'export default { database: {} };\n';
const lists = { name: 'root', dependencies: { cairnloop: '*' } };

describe('CL1 the folder of the host', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const at = (...parts: string[]) => path.join(host.folder, ...parts);
  const found = (folder: string, named?: string) => {
    const [written, run] = [findPackage(at(folder), named).root, findHostFolder(at(folder), named)];
    assert.equal(written, run);
    return path.relative(host.folder, written) || '.';
  };
  afterEach(() => host.remove());

  it('is the nearest one that holds a config, even if the package.json is in a folder above', async () => {
    use({
      'package.json': lists,
      'nx.json': {},
      'apps/api/cairnloop.config.ts': config,
      'apps/api/src/deep/main.ts': '',
      'apps/web/project.json': {},
      'apps/web/src/main.ts': '',
    });
    for (const folder of ['apps/api', 'apps/api/src/deep', '.']) assert.equal(found(folder), 'apps/api');
    assert.equal(found('apps/web/src'), 'apps/web');
    assert.equal(found('.', 'apps/api/cairnloop.config.ts'), 'apps/api');
    const { exitCode, out } = await runMain(at('apps/api'), ['gen', 'notifier']);
    assert.equal(exitCode, 0);
    assert.match(out, /^updated +cairnloop\.config\.ts$/m);
    assert.equal(existsSync(at('cairnloop.config.ts')), false);
    assert.ok(existsSync(at('apps/api/src/cairnloop/notifier.ts')));
    assert.equal((await runMain(at('apps/api/src'), ['undo'])).exitCode, 0);
    assert.equal(existsSync(at('apps/api/src/cairnloop')), false);
  });

  it('gets no package.json from init if it shares the one above', async () => {
    use({ 'package.json': lists, 'nx.json': {}, 'apps/api/project.json': {}, 'apps/api/src/main.ts': '' });
    const { exitCode, out } = await runMain(at('apps/api'), ['init']);
    assert.equal(exitCode, 0);
    assert.match(out, /shares the package\.json above it, so no scripts were added/);
    assert.equal(existsSync(at('apps/api/package.json')), false);
    assert.ok(existsSync(at('apps/api/cairnloop.config.js')));
  });

  it('is not a folder whose package.json only sets "type"', async () => {
    for (const marker of [{ type: 'module' }, { type: 'commonjs', sideEffects: false }, {}]) {
      use({ 'package.json': { ...lists, type: 'module' }, 'src/package.json': marker, 'src/deep/a.js': '' });
      for (const folder of ['src', 'src/deep', '.']) assert.equal(found(folder), '.');
      host.remove();
    }
    use({ 'package.json': lists, 'src/package.json': { type: 'module' }, 'src/main.js': 'export default 1;\n' });
    await runMain(at('src'), ['init', '--modules', 'policy']);
    const { raw } = await import('../../src/config/load-config.js').then((all) =>
      all.readUnvalidatedConfig({ cwd: at('.') }),
    );
    assert.equal(typeof (raw as { automationPolicy: { decide: unknown } }).automationPolicy.decide, 'function');
  });

  it('of a config in src, or of its compiled copy, is the folder above', () => {
    use({ 'package.json': lists, 'src/cairnloop.config.ts': config, 'dist/cairnloop.config.js': config });
    for (const folder of ['.', 'src', 'dist']) assert.equal(found(folder), '.');
    host.remove();
    use({ 'package.json': lists, 'nx.json': {}, 'apps/a/src/cairnloop.config.ts': config, 'apps/a/src/x/y.ts': '' });
    for (const folder of ['.', 'apps/a', 'apps/a/src', 'apps/a/src/x']) assert.equal(found(folder), 'apps/a');
  });

  it('is the workspace package that holds a config rather than the root that depends on Cairnloop', () => {
    use({
      'package.json': { ...lists, workspaces: ['packages/*'] },
      'packages/group/package.json': { name: 'group', workspaces: ['*'] },
      'packages/group/api/package.json': { name: 'api' },
      'packages/group/api/cairnloop.config.ts': config,
    });
    for (const folder of ['.', 'packages/group', 'packages/group/api'])
      assert.equal(found(folder), 'packages/group/api');
  });

  it('is not chosen between two', () => {
    use({
      'package.json': lists,
      'turbo.json': {},
      'apps/a/cairnloop.config.ts': config,
      'apps/b/cairnloop.config.mjs': config,
    });
    assert.throws(() => found('.'), { code: 'HOST_AMBIGUOUS', message: /apps\/a, apps\/b/ });
    assert.equal(found('.', 'apps/b/cairnloop.config.mjs'), 'apps/b');
    assert.equal(found('apps/a'), 'apps/a');
  });

  it('is not searched below a package that is no monorepo', () => {
    use({ 'package.json': lists, 'examples/x/cairnloop.config.ts': config, 'apps/x/cairnloop.config.ts': config });
    assert.equal(found('.'), '.');
  });

  it('is the same through a link', () => {
    use({ 'package.json': lists, 'nx.json': {}, 'apps/api/cairnloop.config.ts': config, 'links/keep': '' });
    symlinkSync(at('apps/api'), at('links/api'));
    assert.equal(found('links/api'), 'apps/api');
  });

  it('is not in a folder of another user', async function () {
    if (process.geteuid?.() !== 0) this.skip();
    use({ 'shared/package.json': lists, 'shared/cairnloop.config.mjs': 'process.exit(99);', 'shared/mine/keep': '' });
    chownSync(at('shared'), 1234, 1234);
    assert.throws(() => findPackage(at('shared/mine')), {
      code: 'HOST_NOT_FOUND',
      message: /shared above it belongs to another user/,
    });
    const before = treeOf(host.folder);
    for (const argv of [['gen', 'notifier'], ['init'], ['undo'], ['sla', 'list'], ['worker']]) {
      const { exitCode, err } = await runMain(at('shared/mine'), argv);
      assert.equal(exitCode, 1, err);
    }
    assert.deepEqual(treeOf(host.folder), before);
    // Whoever stands in that folder means it.
    assert.equal(found('shared'), 'shared');
  });

  it('is not decided by a file of another user in a folder that everybody may write to', function () {
    if (process.geteuid?.() !== 0) this.skip();
    use({ 'package.json': lists, 'cairnloop.config.mjs': config, 'mine/keep': '' });
    for (const name of ['package.json', 'cairnloop.config.mjs']) chownSync(at(name), 1234, 1234);
    assert.throws(() => findPackage(at('mine')), { code: 'HOST_NOT_FOUND' });
  });

  it('may have a package.json without a name, with a BOM, or with Windows line ends', () => {
    use({ 'package.json': '\uFEFF{\r\n  "dependencies": { "cairnloop": "*" }\r\n}\r\n' });
    mkdirSync(at('src'));
    assert.equal(found('src'), '.');
  });
});
