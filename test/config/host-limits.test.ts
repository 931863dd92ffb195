import assert from 'node:assert/strict';
import { runHostCodeWithLimits } from '../../src/config/host-limits.js';
import { type CliRun, runCli } from '../support/run-cli.js';
import { tempHost } from '../support/temp-host.js';

describe('config/host-limits', () => {
  async function commandWith(config: string, name = 'cairnloop.config.mjs', ...argv: string[]): Promise<CliRun> {
    const host = tempHost({ 'package.json': { type: 'module' }, [name]: config });
    try {
      return await runCli(argv.length > 0 ? argv : ['migrate'], { cwd: host.folder });
    } finally {
      host.remove();
    }
  }

  it('a config whose import never settles ends the command with an error', async () => {
    for (const config of ['await new Promise(() => {}); export default {};', 'export default new Promise(() => {});']) {
      const { exitCode, stderr } = await commandWith(config);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^cairnloop\.config\.mjs could not be imported: the config never settles.*\n.+\n$/);
    }
  });

  it('a config that calls process.exit ends the command with an error', async () => {
    const ways = {
      'cairnloop.config.mjs': 'process.exit(7);\nexport default {};',
      'cairnloop.config.js': "import { exit } from 'node:process';\nawait null;\nexit(7);\nexport default {};",
      'cairnloop.config.ts': 'export default async (): Promise<object> => process.exit(7);',
    };
    for (const [name, config] of Object.entries(ways)) {
      const { exitCode, stderr } = await commandWith(config, name);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        new RegExp(`^${name} could not be imported: the config ended the process with exit code 7 \\(${name}:`),
      );
    }
    for (const [before, code] of [
      ['', 0],
      ['process.exitCode = 3;', 3],
    ]) {
      const argv = ['sla', 'list', '--json'];
      const { exitCode, stdout } = await commandWith(`${before} process.exit();`, 'cairnloop.config.mjs', ...argv);
      const { error } = JSON.parse(stdout);
      assert.deepEqual([exitCode, error.code], [1, 'CONFIG_IMPORT_FAILED']);
      assert.match(error.message, new RegExp(`with exit code ${code} `));
    }
  });

  it('CL6 doctor reports it and its other findings', async () => {
    const { exitCode, stdout } = await commandWith('process.exit(7);', 'cairnloop.config.mjs', 'doctor');
    assert.equal(exitCode, 1);
    assert.match(stdout, /^\[blocked\] CONFIG: .* the config ended the process with exit code 7/m);
    assert.match(stdout, /^\[ok\] NODE_VERSION/m);
  });

  it('CL6 doctor waits for a config as long as other commands do', async () => {
    const config = 'await new Promise((resolve) => setTimeout(resolve, 3000));\nexport default { database: {} };';
    const { stdout } = await commandWith(config, 'cairnloop.config.mjs', 'doctor');
    assert.match(stdout, /^\[blocked\] CONFIG: cairnloop\.config\.mjs: database\.url: /m);
  });

  it('an import that takes too long is abandoned, and what it does later is ignored', async () => {
    const { exit } = process;
    const slow = runHostCodeWithLimits(() => new Promise((resolve) => setTimeout(resolve, 1000)), 20);
    await assert.rejects(slow, /did not settle within 20 ms/);
    assert.equal(process.exit, exit);
    assert.equal(await runHostCodeWithLimits(async () => 7, 20), 7);
  });
});
