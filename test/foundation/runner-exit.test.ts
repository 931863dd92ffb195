import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { eventually } from '../support/eventually.js';
import { bin } from '../support/run-cli.js';
import { type StartedHost, useHosts } from '../support/started-host.js';
import { type RecordingHost, recordingHost } from '../support/worker-process.js';

describe('cairnloop worker under a package manager', function () {
  this.timeout(120_000);
  const { startHost } = useHosts();
  let producer: StartedHost;
  let host: RecordingHost;
  let pid = 0;
  beforeEach(async () => {
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
    producer = await startHost({ notifier }, { worker: false });
    host = recordingHost(producer.database.url);
  });
  afterEach(() => {
    if (pid && isAlive(pid)) process.kill(pid, 'SIGKILL');
    host.remove();
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`OP5 stops when npm is ended by ${signal}, which npm does not forward`, async () => {
      const script = `"${process.execPath}" "${bin}" worker`;
      host.write('package.json', JSON.stringify({ type: 'module', scripts: { worker: script } }));
      const npm = spawn('npm', ['run', 'worker'], { cwd: host.folder, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      npm.stderr.on('data', (chunk) => {
        said += chunk;
      });
      await eventually(() => assert.match(said, /Worker is running/));
      const { rows } = await producer.database.query('SELECT pid FROM cairnloop.worker_heartbeats');
      pid = rows[0].pid;
      npm.kill(signal);
      await eventually(() =>
        assert.match(said, /The process that started this one has exited: finishing running callbacks/),
      );
      await eventually(() => assert.equal(isAlive(pid), false));
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
