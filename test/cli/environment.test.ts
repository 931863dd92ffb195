import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type MainRun, runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

describe('a command in a faulty environment', () => {
  let host: TempHost;
  beforeEach(() => {
    host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.mjs':
        "export default { database: { url: 'postgres://app@127.0.0.1:1/app?sslrootcert=/missing.pem' } };",
    });
  });
  afterEach(() => host.remove());

  function assertToldInWords({ exitCode, err }: MainRun, words: RegExp): void {
    assert.equal(exitCode, 1);
    assert.match(err, words);
    assert.match(err, /^.+\n.+\n$/);
    assert.doesNotMatch(err, /please report/);
  }

  /** Root may read everything but the memory of a process. */
  function writeUnreadableEnv(): void {
    const file = path.join(host.folder, '.env');
    if (process.platform === 'linux') {
      symlinkSync('/proc/self/mem', file);
    } else {
      host.write('.env', 'A=1');
      chmodSync(file, 0o000);
    }
  }

  it('says that .env cannot be read', async () => {
    writeUnreadableEnv();
    for (const argv of [['migrate'], ['worker'], ['dev'], ['sla', 'list']]) {
      assertToldInWords(await runMain(host.folder, argv), /^\S+\/\.env cannot be read: E/);
    }
  });

  it('CL6 doctor reports it with its other findings', async () => {
    writeUnreadableEnv();
    const { out } = await runMain(host.folder, ['doctor']);
    assert.match(out, /^\[blocked\] ENV_FILE: \.env cannot be read \(E.*\).* Fix: /m);
    assert.match(out, /^\[ok\] CONFIG: /m);
  });

  it('says that a certificate named by the database URL cannot be read', async () => {
    for (const argv of [['migrate'], ['deliveries', 'list'], ['worker'], ['audit', 'list']]) {
      const run = await runMain(host.folder, argv);
      assertToldInWords(run, /^The database at 127\.0\.0\.1:1\/app cannot be reached: .*missing\.pem/);
    }
  });

  it('says that --cwd names no folder', async () => {
    for (const argv of [['migrate'], ['worker'], ['audit', 'list'], ['gen', 'notifier']]) {
      for (const place of ['package.json', 'package.json/below']) {
        const run = await runMain(host.folder, [...argv, '--cwd', place]);
        assertToldInWords(run, /^No package was found at \S+\/package\.json\S*: there is no such folder/);
      }
    }
  });
});
