import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyPlan } from '../../src/project/apply-plan.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

describe('cairnloop undo', () => {
  let host: TempHost;
  const run = (...argv: string[]) => runMain(host.folder, argv);
  beforeEach(() => {
    host = tempHost({ 'package.json': '{ "type": "module" }\n', 'src/index.js': 'export default 1;\n' });
  });
  afterEach(() => host.remove());

  it('takes back the last run, then the one before, until the tree is as it was', async () => {
    const empty = treeOf(host.folder);
    await run('init');
    const initialised = treeOf(host.folder);
    await run('gen', 'all');
    await run('gen', 'all');
    assert.equal((await run('undo')).exitCode, 0);
    assert.deepEqual(withoutJournal(treeOf(host.folder)), withoutJournal(initialised));
    assert.equal((await run('undo')).exitCode, 0);
    assert.deepEqual(treeOf(host.folder), empty);
  });

  it('refuses where a file was edited since, names it, and changes nothing', async () => {
    await run('gen', 'notifier');
    host.write('src/cairnloop/notifier.js', '// mine\n');
    const before = treeOf(host.folder);
    const { exitCode, err } = await run('undo');
    assert.equal(exitCode, 1);
    assert.match(err, /`cairnloop gen notifier` cannot be taken back: edited since are src\/cairnloop\/notifier\.js\./);
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('says so when there is nothing to take back', async () => {
    const { exitCode, err } = await run('undo');
    assert.equal(exitCode, 1);
    assert.match(err, /There is no run of `cairnloop init` or `cairnloop gen` to take back/);
  });

  it('shows with --dry-run what it would take back', async () => {
    await run('gen', 'policy');
    const before = treeOf(host.folder);
    const { out } = await run('undo', '--dry-run');
    assert.match(out, /^--- a\/src\/cairnloop\/automation-policy\.js\n\+\+\+ \/dev\/null$/m);
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('keeps what the host put into a folder that the run had made', async () => {
    await run('gen', 'policy');
    host.write('src/cairnloop/own.js', '');
    assert.equal((await run('undo')).exitCode, 0);
    assert.ok(existsSync(path.join(host.folder, 'src/cairnloop/own.js')));
  });

  it("keeps the journal out of the host's repository", async () => {
    await run('gen', 'policy');
    assert.equal(readFileSync(path.join(host.folder, '.cairnloop/.gitignore'), 'utf8'), '*\n');
  });
});

describe('project/apply-plan', () => {
  let host: TempHost;
  beforeEach(() => {
    host = tempHost({ 'package.json': '{}', 'a.txt': 'one\n' });
  });
  afterEach(() => host.remove());
  const change = (file: string, before: string | null, after: string | null) =>
    ({ path: file, outcome: 'updated', before, after }) as const;

  it('refuses when a file changed since it was read, and writes none', () => {
    const before = treeOf(host.folder);
    const changes = [change('b.txt', null, 'b\n'), change('a.txt', 'other\n', 'two\n')];
    assert.throws(() => applyPlan({ root: host.folder, changes, notes: [] }), { code: 'FILE_CHANGED' });
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('refuses to create a file that has come to be meanwhile', () => {
    const plan = { root: host.folder, changes: [change('a.txt', null, 'two\n')], notes: [] };
    assert.throws(() => applyPlan(plan), { code: 'FILE_CHANGED' });
  });

  it('writes all files or none: a failure half way takes back what was done', () => {
    const before = treeOf(host.folder);
    const long = `${'x'.repeat(300)}.txt`;
    const changes = [
      change('new/b.txt', null, 'b\n'),
      change('a.txt', 'one\n', 'two\n'),
      change(`new/${long}`, null, 'c'),
    ];
    assert.throws(() => applyPlan({ root: host.folder, changes, notes: [] }), { code: 'WRITE_FAILED' });
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('takes back files that were in place already when the last one cannot be put there', () => {
    host.write('folder/inside.txt', '');
    const before = treeOf(host.folder);
    const changes = [change('a.txt', 'one\n', 'two\n'), change('folder', null, 'not a folder')];
    assert.throws(() => applyPlan({ root: host.folder, changes, notes: [] }), { code: 'WRITE_FAILED' });
    assert.deepEqual(treeOf(host.folder), before);
  });
});

function withoutJournal(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([file]) => !file.startsWith('.cairnloop/')));
}
