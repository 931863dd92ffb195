import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

describe('host-project/journal: one that somebody else wrote', () => {
  let host: TempHost;
  let outside: string;
  beforeEach(() => {
    host = tempHost({ 'package.json': { type: 'module', name: 'host' }, 'src/index.js': '', '.git/HEAD': 'ref: x\n' });
    outside = mkdtempSync(path.join(tmpdir(), 'cairnloop-outside-'));
    mkdirSync(path.join(outside, 'empty'));
    symlinkSync(outside, path.join(host.folder, 'link'));
    mkdirSync(path.join(host.folder, 'inner/empty'), { recursive: true });
  });
  afterEach(() => {
    host.remove();
    rmSync(outside, { recursive: true });
  });

  const entry = (file: { path: string; before?: string | null; after?: string | null }, folders: string[] = []) => ({
    run: 'cairnloop gen notifier',
    at: '2026-01-01T00:00:00.000Z',
    files: [{ before: 'evil\n', after: null, ...file }],
    folders,
  });
  const harmless = { path: 'src/a.js', before: null, after: null };
  const entries: Record<string, () => object> = {
    'a hook of git': () => entry({ path: '.git/hooks/pre-commit.js' }),
    'a hook of git under another name': () => entry({ path: '.GIT/hooks/post-checkout.js' }),
    'a hook of git by a detour': () => entry({ path: 'src/../.git/hooks/x.js' }),
    'a file outside': () => entry({ path: '../evil.js' }),
    'an absolute file': () => entry({ path: path.join(outside, 'evil.js') }),
    'a file behind a link': () => entry({ path: 'link/evil.js' }),
    'a file of an installed package': () => entry({ path: 'node_modules/x/evil.js' }),
    'a binary of an installed package': () => entry({ path: 'node_modules/.bin/cairnloop' }),
    'a file that Cairnloop never writes': () => entry({ path: '.npmrc' }),
    'a script of the shell': () => entry({ path: '.husky/pre-commit' }),
    'its own folder': () => entry({ path: '.cairnloop/evil.js' }),
    'a Windows path': () => entry({ path: 'src\\..\\..\\evil.js' }),
    'a drive': () => entry({ path: 'c:/evil.js' }),
    'a NUL': () => entry({ path: 'src/a\0.js' }),
    'no path': () => entry({ path: '' }),
    'the folder itself': () => entry({ path: '.' }),
    'a folder outside': () => entry(harmless, [path.relative(host.folder, path.join(outside, 'empty'))]),
    'an absolute folder': () => entry(harmless, [path.join(outside, 'empty')]),
    'a folder behind a link': () => entry(harmless, ['link/empty']),
    'a folder that holds no file of the run': () => entry(harmless, ['inner/empty']),
  };

  for (const name of ['journal', 'journal.json']) {
    for (const [title, make] of Object.entries(entries)) {
      it(`is refused if it names ${title} (${name})`, async () => {
        host.write(`.cairnloop/${name}`, JSON.stringify([make()]));
        const before = [treeOf(host.folder), treeOf(outside)];
        for (const argv of [['undo'], ['undo', '--dry-run'], ['gen', 'notifier']]) {
          const { exitCode, err } = await runMain(host.folder, argv);
          assert.equal(exitCode, 1, err);
          assert.match(err, /cannot be read: the journal names .+, but .+\.\nNothing was written\./);
        }
        assert.deepEqual([treeOf(host.folder), treeOf(outside)], before);
        assert.ok(existsSync(path.join(outside, 'empty')) && existsSync(path.join(host.folder, 'inner/empty')));
      });
    }
  }

  it('is refused if its folder is a link to elsewhere', async () => {
    symlinkSync(outside, path.join(host.folder, '.cairnloop'));
    writeFileSync(path.join(outside, 'journal'), JSON.stringify([entry(harmless)]));
    for (const argv of [['undo'], ['gen', 'notifier']]) assert.notEqual((await runMain(host.folder, argv)).exitCode, 0);
    assert.equal(existsSync(path.join(host.folder, 'cairnloop.config.js')), false);
  });

  it('does not remove a folder in the place of a file that it wrote', async () => {
    await runMain(host.folder, ['gen', 'policy']);
    rmSync(path.join(host.folder, 'src/cairnloop/automation-policy.js'));
    host.write('src/cairnloop/automation-policy.js/inner.js', '');
    const { exitCode } = await runMain(host.folder, ['undo']);
    assert.notEqual(exitCode, 0);
    assert.ok(existsSync(path.join(host.folder, 'src/cairnloop/automation-policy.js/inner.js')));
  });

  it('of an earlier version is read, and saved under the new name', async () => {
    await runMain(host.folder, ['gen', 'policy']);
    const { renameSync } = await import('node:fs');
    renameSync(path.join(host.folder, '.cairnloop/journal'), path.join(host.folder, '.cairnloop/journal.json'));
    await runMain(host.folder, ['gen', 'context']);
    assert.equal(existsSync(path.join(host.folder, '.cairnloop/journal.json')), false);
    assert.equal((await runMain(host.folder, ['undo'])).exitCode, 0);
    assert.equal((await runMain(host.folder, ['undo'])).exitCode, 0);
    assert.equal(existsSync(path.join(host.folder, '.cairnloop')), false);
  });
});
