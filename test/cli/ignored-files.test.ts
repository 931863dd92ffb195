import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

describe('files that git ignores', () => {
  let host: TempHost;
  const use = (files: Record<string, string>) => {
    host = tempHost({ 'package.json': { name: 'host', type: 'module' }, 'src/a.js': '', ...files });
    git('init', '--quiet');
  };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: host.folder, encoding: 'utf8' });
  const run = (...argv: string[]) => runMain(host.folder, argv);
  const notes = async (...argv: string[]): Promise<string[]> =>
    (await run(...argv, '--json')).json().notes.filter((note: string) => note.startsWith('Git ignores'));
  afterEach(() => host.remove());

  it('init says that the line .env* of a stock Next application keeps .env.example out, and its command adds it', async () => {
    use({ '.gitignore': '/node_modules\n\n# env files\n.env*\n' });
    const { out, exitCode } = await run('init');
    assert.equal(exitCode, 0);
    assert.match(
      out.replace(/\s+/g, ' '),
      /Git ignores \.env\.example: the line "\.env\*" in \.gitignore\. To commit it all the same, run git add --force \.env\.example/,
    );
    git('add', '--force', '.env.example');
    assert.match(git('status', '--porcelain', '.env.example'), /^A /);
  });

  it('says nothing where a later line takes the file in again, where it is tracked, or outside a repository', async () => {
    use({ '.gitignore': '.env*\n!.env.example\n' });
    assert.deepEqual(await notes('init', '--dry-run'), []);
    host.write('.gitignore', '.env*\n');
    assert.equal((await notes('init', '--dry-run')).length, 1);
    host.write('.env.example', 'PORT=3000\n');
    git('add', '--force', '.env.example');
    assert.deepEqual(await notes('init'), []);
    host.remove();
    host = tempHost({ 'package.json': '{}', '.gitignore': '.env*\n' });
    assert.deepEqual(await notes('init'), []);
  });

  it('names each line with all its files, also of a package below the repository and of folders with odd names', async () => {
    use({ '.gitignore': 'generated (old)/\n*.config.js\n', '.git/info/exclude': '' });
    const [first, second, ...more] = await notes('gen', 'notifier', '--dir', 'src/generated (old)', '--dry-run');
    assert.deepEqual(more, []);
    assert.match(
      String(first),
      /^Git ignores .*notifier\.js, .*notifier\.test\.js: the line "generated \(old\)\/" in \.gitignore/,
    );
    assert.match(String(first), /git add --force "src\/generated \(old\)\/notifier\.js" "/);
    assert.match(String(second), /^Git ignores cairnloop\.config\.js: the line "\*\.config\.js" in \.gitignore/);
    host.write(
      'packages/api/package.json',
      '{ "name": "api", "type": "module", "dependencies": { "cairnloop": "*" } }',
    );
    const below = await runMain(path.join(host.folder, 'packages/api'), ['init', '--json']);
    assert.match(
      below.json().notes.join('\n'),
      /^Git ignores cairnloop\.config\.js: the line "\*\.config\.js" in .*\.gitignore/m,
    );
  });

  it('gen alerts says it too', async () => {
    use({ '.gitignore': 'ops\n' });
    assert.match((await notes('gen', 'alerts')).join(), /^Git ignores ops\/.*: the line "ops" in \.gitignore/);
  });
});
