import assert from 'node:assert/strict';
import { runCli } from '../support/run-cli.js';
import { tempHost } from '../support/temp-host.js';

const config = (late: string) => `import { EventEmitter } from 'node:events';
import { exit } from 'node:process';

${late}

export default {
  database: { url: 'postgres://app@127.0.0.1:9/app' },
  slaPolicyProvider: {
    getActivePolicies: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { ok: true, value: [{ priority: 'high', responseMinutes: 61, breachMinutes: 240 }] };
    },
    setPolicy: () => ({ ok: false, error: 'no' }),
  },
};
`;

const later = (line: string) => `setTimeout(() => { ${line} }, 30);`;
const failures: Record<string, string> = {
  'a connect that is rejected and nobody awaits': later("Promise.reject(new Error('connect ECONNREFUSED redis'))"),
  'an error that is emitted and nobody listens for': later(
    "new EventEmitter().emit('error', new Error('connect ECONNREFUSED redis'))",
  ),
  'process.exit(0) in a timer': later('process.exit(0)'),
  'exit imported by name': later('exit(0)'),
  'process.exit() at once, but not while it is imported': 'queueMicrotask(() => setImmediate(() => process.exit()));',
  'process.exit in its own handler': `process.on('unhandledRejection', () => process.exit(0));\n${later("Promise.reject(new Error('connect ECONNREFUSED redis'))")}`,
  'process.exit in its handler of uncaught errors': `process.on('uncaughtException', () => process.exit(0));\n${later("throw new Error('connect ECONNREFUSED redis')")}`,
  'another exit code in its handler of the exit': `process.on('exit', () => { process.exitCode = 7; });\n${later("Promise.reject(new Error('connect ECONNREFUSED redis'))")}`,
  'a signal to itself': later("process.kill(process.pid, 'SIGTERM')"),
  'an abort': later('process.abort()'),
};

describe('CL6 code of the host that fails once its config is imported', () => {
  for (const [title, late] of Object.entries(failures)) {
    it(`does not keep a command from reporting: ${title}`, async () => {
      const host = tempHost({ 'package.json': { type: 'module', name: 'host' }, 'cairnloop.config.js': config(late) });
      try {
        const doctor = await runCli(['doctor', '--json'], { cwd: host.folder });
        const { findings } = JSON.parse(doctor.stdout);
        const found = findings.filter(
          ({ code, level }: { code: string; level: string }) => code === 'CONFIG' && level === 'blocked',
        );
        assert.match(
          found[0]?.message ?? '',
          /that nobody caught: .*(ECONNREFUSED redis|ended the process).*\(cairnloop\.config\.js:\d+\)/,
        );
        assert.equal(doctor.exitCode, 1);
        const list = await runCli(['sla', 'list', '--json'], { cwd: host.folder });
        assert.deepEqual(
          [list.exitCode, JSON.parse(list.stdout).policies?.length ?? JSON.parse(list.stdout).length],
          [0, 1],
        );
        assert.match(list.stderr, /Host code failed meanwhile: .*cairnloop\.config\.js/);
      } finally {
        host.remove();
      }
    });
  }

  it('ends a worker', async () => {
    const host = tempHost({
      'package.json': { type: 'module', name: 'host' },
      'cairnloop.config.js': config(later('process.exit(9)')),
    });
    try {
      assert.notEqual((await runCli(['worker'], { cwd: host.folder })).exitCode, 0);
    } finally {
      host.remove();
    }
  });
});
