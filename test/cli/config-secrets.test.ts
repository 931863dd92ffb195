import assert from 'node:assert/strict';
import { runCli } from '../support/run-cli.js';
import { tempHost } from '../support/temp-host.js';

const canary = 'c4naryHunter2';

/** Every command that reads the config of the host. */
const commands = [
  'worker',
  'dev',
  'doctor',
  'migrate',
  'migrate status',
  'deliveries list',
  'deliveries show 1',
  'deliveries retry 1',
  'deliveries discard 1',
  'sla list',
  'sla explain 1',
  'sla set normal --breach 9',
  'policy replay',
  'audit list',
  'audit verify',
  'audit export',
];

const broken = {
  'throws while it is imported': `throw new Error('no vault at postgres://app:my ${canary}@db.test/x, token=${canary}');`,
  'throws what is no error': `throw { password: '${canary}', url: 'https://hooks.slack.com/services/T/B/${canary}' };`,
  'throws in a getter': `export default { get database() { throw new Error('Authorization: Bearer ${canary}'); } };`,
  'holds a secret in a wrong place': `export default { database: { url: 'postgres://app:${canary}@/@' }, jobs: { backend: 'token=${canary}' } };`,
};

describe('a config with secrets', () => {
  for (const [how, text] of Object.entries(broken)) {
    it(`that ${how}: no command prints them`, async () => {
      const host = tempHost({ 'package.json': { type: 'module' }, 'cairnloop.config.js': text });
      const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' };
      try {
        for (const command of commands) {
          const { stdout, stderr, exitCode } = await runCli(command.split(' '), { cwd: host.folder, env });
          assert.notEqual(exitCode, 0, command);
          assert.notEqual(stdout + stderr, '', command);
          assert.ok(!(stdout + stderr).includes(canary), `${command}: ${stdout}${stderr}`);
        }
      } finally {
        host.remove();
      }
    }).timeout(180_000);
  }
});
