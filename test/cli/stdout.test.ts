import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { bin, runCli } from '../support/run-cli.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

/** Every way in which a host's code commonly writes, at import and when it is called. */
const chattyConfig = `
import { stdout } from 'node:process';
import { ok, err } from 'cairnloop';
import { pino } from 'pino';
import { spawn, execSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

console.log('HOST console');
process.stdout.write('HOST stream\\n');
stdout.write('HOST import\\n');
pino().info('HOST pino');
console.table([{ HOST: 'table' }]);
writeSync(1, 'HOST descriptor\\n');
pino(pino.destination(1)).info('HOST destination');
pino({ transport: { target: 'pino/file' } }).info('HOST transport');
execSync('echo HOST program', { stdio: 'inherit' });
spawn('echo', ['HOST child'], { stdio: ['ignore', 1, 2] });
new Worker(new URL('./thread.mjs', import.meta.url));
await new Promise((resolve) => setTimeout(resolve, 300));

export default {
  database: { url: 'postgres://app@127.0.0.1:1/app' },
  slaPolicyProvider: {
    getActivePolicies() {
      console.log('HOST getActivePolicies');
      return ok([{ priority: 'high', responseMinutes: 60, breachMinutes: 240 }]);
    },
    setPolicy: () => err('read-only'),
  },
  automationPolicy: {
    decide() {
      console.info('HOST decide');
      return 'deny';
    },
  },
};
`;

describe('the stdout of a command', () => {
  let host: TempHost;
  before(() => {
    const files = {
      'package.json': { type: 'module' },
      'cairnloop.config.mjs': chattyConfig,
      'thread.mjs': "import { writeSync } from 'node:fs';\nwriteSync(1, 'HOST thread');\n",
      'early.mjs': "console.log('HOST before');\n",
    };
    host = tempHost(files, ['pino']);
  });
  after(() => host.remove());

  it('holds one JSON document; output of the host goes to stderr', async () => {
    const list = await runCli(['sla', 'list', '--json'], { cwd: host.folder });
    assert.equal(JSON.parse(list.stdout).policies[0].priority, 'high');
    for (const way of [
      'console',
      'stream',
      'import',
      'pino',
      'descriptor',
      'destination',
      'transport',
      'program',
      'child',
      'thread',
      'getActivePolicies',
    ]) {
      assert.match(list.stderr, new RegExp(`HOST ${way}`));
    }
    const doctor = await runCli(['doctor', '--probe', '--json'], { cwd: host.folder });
    assert.ok(JSON.parse(doctor.stdout).findings.length > 10);
    assert.match(doctor.stderr, /HOST decide/);
  });

  it('is reserved for the command even if the host wrote to the console before', async () => {
    const env = { NODE_OPTIONS: `--import ${host.folder}/early.mjs` };
    const { stdout } = await runCli(['sla', 'list'], { cwd: host.folder, env });
    assert.match(stdout, /^HOST before\npriority .*\nhigh .*\n$/);
  });

  describe('where it cannot be written', () => {
    /** By way of a shell, which opens the file as users do; returns the exit code last. */
    const shell = async (line: string) => {
      const script = `cairnloop() { "${process.execPath}" "${bin}" "$@"; }\n${line}; echo "exit code $?"`;
      const { stdout, stderr } = await execa('bash', ['-c', script], { cwd: host.folder, stdin: 'ignore' });
      return { said: stderr.split('\n').filter((text) => !/HOST|[┌│├└]/.test(text)), exitCode: stdout.trim() };
    };

    it('fails with one sentence on a full disk', async function () {
      if (!existsSync('/dev/full')) this.skip();
      for (const line of ['sla list --json', 'sla list', 'doctor --json', '--help']) {
        const { said, exitCode } = await shell(`cairnloop ${line} >/dev/full`);
        assert.equal(exitCode, 'exit code 1');
        assert.match(said.join('\n'), /^The result could not be written to stdout: ENOSPC.*\n.*disk space.*$/);
      }
    });

    it('ignores a reader that closes the pipe early', async () => {
      const { said, exitCode } = await shell('set -o pipefail; cairnloop sla list --json | true');
      assert.deepEqual([said, exitCode], [[], 'exit code 0']);
    });
  });
});
