import assert from 'node:assert/strict';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const key = 'CAIRNLOOP_TEST_ENV_NOTICE';
const config = 'export default { database: { url: "postgres://nobody@127.0.0.1:1/none" } };\n';

describe('the .env files that a command read', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost({ 'package.json': { type: 'module' }, 'cairnloop.config.js': config, ...files });
  };
  afterEach(() => {
    host.remove();
    delete process.env[key];
  });

  for (const command of ['migrate', 'deliveries list', 'sla list', 'worker']) {
    it(`are named on stderr by ${command}`, async () => {
      use({ '.env': `${key}=1` });
      const { out, err } = await runMain(host.folder, command.split(' '));
      assert.match(err, /^Environment read from \.env\.\n/);
      assert.doesNotMatch(out, /Environment/);
    });
  }

  it('are named relative to the current folder, nearest first', async () => {
    use({ '.env': `${key}=1`, '.env.local': `${key}=2`, 'src/index.js': '' });
    const { err } = await runMain(path.join(host.folder, 'src'), ['migrate']);
    assert.match(err, /^Environment read from \.\.\/\.env\.local, \.\.\/\.env\.\n/);
  });

  it('are not named if there are none, nor with --json', async () => {
    use({});
    assert.doesNotMatch((await runMain(host.folder, ['sla', 'list'])).err, /Environment/);
    host.write('.env', `${key}=1`);
    assert.doesNotMatch((await runMain(host.folder, ['sla', 'list', '--json'])).err, /Environment/);
  });
});
