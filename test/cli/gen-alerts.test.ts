import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

describe('cairnloop gen alerts', () => {
  let host: TempHost;
  const run = (...argv: string[]) => runMain(host.folder, argv);
  const read = (file: string) => readFileSync(path.join(host.folder, file), 'utf8');
  const outcomes = (document: { files: { path: string; outcome: string }[] }) =>
    document.files.map(({ path: file, outcome }) => `${outcome} ${file}`);

  beforeEach(() => {
    host = tempHost({ 'package.json': '{ "type": "module" }\n', 'src/index.js': 'export default 1;\n' });
  });
  afterEach(() => host.remove());

  it('writes the rules and the dashboard into ops, and undo removes them', async () => {
    const empty = treeOf(host.folder);
    const { out, exitCode } = await run('gen', 'alerts');
    assert.equal(exitCode, 0);
    assert.match(out, /created {4}ops\/cairnloop-alerts\.yml\ncreated {4}ops\/cairnloop-dashboard\.json\n/);
    assert.match(out, /rule_files in prometheus\.yml/);
    assert.match(read('ops/cairnloop-alerts.yml'), /alert: CairnloopWorkerMissing/);
    assert.ok(JSON.parse(read('ops/cairnloop-dashboard.json')).panels.length > 10);
    assert.deepEqual(outcomes((await run('gen', 'alerts', '--json')).json()), [
      'unchanged ops/cairnloop-alerts.yml',
      'unchanged ops/cairnloop-dashboard.json',
    ]);
    assert.equal((await run('undo')).exitCode, 0);
    assert.deepEqual(treeOf(host.folder), empty);
  });

  it('leaves a changed file alone without --force', async () => {
    await run('gen', 'alerts', '--dir', 'deploy/monitoring');
    host.write('deploy/monitoring/cairnloop-alerts.yml', '# mine\n');
    const again = (await run('gen', 'alerts', '--dir', 'deploy/monitoring', '--json')).json();
    assert.deepEqual(outcomes(again), [
      'skipped deploy/monitoring/cairnloop-alerts.yml',
      'unchanged deploy/monitoring/cairnloop-dashboard.json',
    ]);
    assert.equal(read('deploy/monitoring/cairnloop-alerts.yml'), '# mine\n');
    await run('gen', 'alerts', '--dir', 'deploy/monitoring', '--force');
    assert.match(read('deploy/monitoring/cairnloop-alerts.yml'), /^# Alert rules of Cairnloop/);
  });

  it('undo refuses where the dashboard was edited since', async () => {
    await run('gen', 'alerts');
    host.write('ops/cairnloop-dashboard.json', '{}\n');
    const { exitCode, err } = await run('undo');
    assert.equal(exitCode, 1);
    assert.match(err, /files were edited since: ops\/cairnloop-dashboard\.json/);
  });

  it('shows the files with --dry-run, and exits 3 with --check until they are there', async () => {
    const before = treeOf(host.folder);
    assert.match((await run('gen', 'alerts', '--dry-run')).out, /^\+ {6}- alert: CairnloopNotReady$/m);
    assert.equal((await run('gen', 'alerts', '--check')).exitCode, 3);
    assert.deepEqual(treeOf(host.folder), before);
    await run('gen', 'alerts');
    assert.equal((await run('gen', 'alerts', '--check')).exitCode, 0);
  });

  it('refuses a folder outside of the package', async () => {
    const { exitCode, err } = await run('gen', 'alerts', '--dir', '../elsewhere');
    assert.equal(exitCode, 2);
    assert.match(err, /elsewhere/);
  });
});
