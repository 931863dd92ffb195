import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

  it('undoes the last run, then the one before, until the tree is as it was', async () => {
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

  it('refuses if a file was edited since, names it, and changes nothing', async () => {
    await run('gen', 'notifier');
    host.write('src/cairnloop/notifier.js', '// mine\n');
    const before = treeOf(host.folder);
    const { exitCode, err } = await run('undo');
    assert.equal(exitCode, 1);
    assert.match(
      err,
      /The run "cairnloop gen notifier" cannot be taken back, because files were edited since: src\/cairnloop\/notifier\.js\./,
    );
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('says so when there is nothing to undo', async () => {
    const { exitCode, err } = await run('undo');
    assert.equal(exitCode, 1);
    assert.match(err, /There is no run of cairnloop init or cairnloop gen to take back/);
  });

  it('shows with --dry-run what it would undo', async () => {
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

  it('names a journal that cannot be read, and writes nothing', async () => {
    host.write('.cairnloop/journal.json', '{');
    const before = treeOf(host.folder);
    for (const argv of [['gen', 'policy'], ['undo']]) {
      const { exitCode, err } = await run(...argv);
      assert.equal(exitCode, 1);
      assert.match(err, /^\S+journal\.json, which remembers .* cannot be read: .+\nNothing was written\. .+\n$/);
    }
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('names a journal with unexpected content', async () => {
    for (const text of [
      '{}',
      '[null]',
      '[{ "run": "x", "files": {}, "folders": [] }]',
      '[{ "run": "x", "files": [{}] }]',
    ]) {
      host.write('.cairnloop/journal.json', text);
      for (const argv of [['gen', 'policy'], ['undo']]) {
        const { exitCode, err } = await run(...argv);
        assert.equal(exitCode, 1);
        assert.match(
          err,
          /cannot be read: the journal does not contain a list of runs of init and gen\.\nNothing was written\./,
        );
      }
    }
  });

  it('asks at a terminal whether to undo, not whether to write', async () => {
    await run('gen', 'policy');
    const asked = async (answer: boolean) => runMain(host.folder, ['undo'], { 'Undo the changes': answer });
    const left = await asked(false);
    assert.deepEqual(
      [left.exitCode, left.asked],
      [130, ['Undo the changes of `cairnloop gen policy` to these 3 files?']],
    );
    assert.equal((await asked(true)).exitCode, 0);
    assert.equal(existsSync(path.join(host.folder, 'cairnloop.config.js')), false);
  });

  it('reverts a run whose journal cannot be written', async () => {
    host.write('.cairnloop/journal/in-the-way', '');
    const before = treeOf(host.folder);
    const { exitCode, err } = await run('gen', 'policy');
    assert.equal(exitCode, 1);
    assert.match(err, /^\.cairnloop\/journal could not be written: /);
    assert.deepEqual(withoutJournal(treeOf(host.folder)), withoutJournal(before));
  });

  it('leaves the data of an embedded Postgres, and keeps git ignoring it', async () => {
    await run('gen', 'policy');
    host.write('.cairnloop/postgres/data', '');
    assert.equal((await run('undo')).exitCode, 0);
    assert.deepEqual(readdirSync(path.join(host.folder, '.cairnloop')).sort(), ['.gitignore', 'postgres']);
  });

  it("keeps the journal out of the host's repository", async () => {
    await run('gen', 'policy');
    assert.equal(readFileSync(path.join(host.folder, '.cairnloop/.gitignore'), 'utf8'), '*\n');
  });
});

function withoutJournal(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([file]) => !file.startsWith('.cairnloop/')));
}
