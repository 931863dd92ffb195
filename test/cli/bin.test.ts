import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { bin, runCli } from '../support/run-cli.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

describe('bin/cairnloop.js', () => {
  const run = (...argv: string[]) => runCli(argv, { cwd: tmpdir() });

  it('CL7 an unknown command or option suggests the nearest one and exits 2', async () => {
    assert.deepEqual(await run('migrat'), {
      stdout: '',
      stderr: "Unknown command 'migrat'.\nDid you mean migrate?\n",
      exitCode: 2,
    });
    const option = await run('gen', 'notifier', '--dry-rn');
    assert.deepEqual([option.exitCode, option.stderr], [2, "Unknown option '--dry-rn'.\nDid you mean --dry-run?\n"]);
  });

  it('every command shows an example and its exit codes', async () => {
    const { stdout } = await run('--help');
    const verbs = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, verb = '']) => verb);
    assert.ok(verbs.includes('gen') && verbs.includes('worker'), stdout);
    const named = verbs.filter((name) => name !== 'help');
    const helps = await Promise.all(named.map(async (verb) => ({ verb, help: await run(verb, '--help') })));
    for (const { verb, help } of helps) {
      assert.equal(help.exitCode, 0, help.stderr);
      assert.match(help.stdout, new RegExp(`Examples:\n {2}\\$ cairnloop ${verb}`));
      assert.match(help.stdout, /Exit codes:\n {4}0 {2}\w/);
    }
  });

  it('--help and --version load commander and nothing else of the packages', async () => {
    const main = pathToFileURL(bin.replace('bin/cairnloop.js', 'dist/cli/main.js')).href;
    const script = `
      const { main } = await import(${JSON.stringify(main)});
      await main(['--help']);
      await main(['--version']);
      const { createRequire } = await import('node:module');
      // Stdout is the command's.
      console.error(JSON.stringify(Object.keys(createRequire(${JSON.stringify(main)}).cache)));`;
    const { stderr } = await execa(process.execPath, ['--input-type=module', '-e', script]);
    const loaded: string[] = JSON.parse(stderr.split('\n').at(-1) ?? '[]');
    const packages = new Set(loaded.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
    assert.deepEqual(packages, new Set(['commander']));
  });

  describe('in a host', () => {
    let host: TempHost;
    beforeEach(() => {
      host = tempHost({ 'package.json': { type: 'module', dependencies: { cairnloop: '*' } } });
    });
    afterEach(() => host.remove());

    it('CL3 gen, --dry-run and --check write nothing but the result to stdout, and only gen changes files', async () => {
      const before = treeOf(host.folder);
      const dry = await runCli(['gen', 'policy', '--dry-run'], { cwd: host.folder });
      assert.equal(dry.exitCode, 0);
      assert.match(dry.stdout, /^--- \/dev\/null\n/);
      assert.equal((await runCli(['gen', 'policy', '--check'], { cwd: host.folder })).exitCode, 3);
      assert.deepEqual(treeOf(host.folder), before);
      const json = await runCli(['gen', 'policy', '--json'], { cwd: host.folder });
      assert.equal(JSON.parse(json.stdout).applied, true);
      assert.equal(json.stderr, '');
      assert.equal((await runCli(['gen', 'policy', '--check'], { cwd: host.folder })).exitCode, 0);
    });

    it('CL3 the diff of a dry run is a patch that git applies', async () => {
      const { stdout } = await runCli(['gen', 'all', '--dry-run'], { cwd: host.folder });
      await execa('git', ['init', '-q'], { cwd: host.folder });
      await execa('git', ['apply', '-'], { cwd: host.folder, input: stdout });
      assert.equal((await runCli(['gen', 'all', '--check'], { cwd: host.folder })).exitCode, 0);
    });
  });
});
