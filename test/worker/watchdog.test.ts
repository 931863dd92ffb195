import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { faultHost } from '../faults/support/fault-host.js';
import { bin } from '../support/run-cli.js';
import { operator, useHosts } from '../support/started-host.js';

describe('the watchdog of a worker', function () {
  this.timeout(120_000);
  const { startHost } = useHosts();

  it('kills a process that a callback blocks, even if nobody reads its stderr', async () => {
    const { cairnloop, database } = await startHost({ notifier: silent }, { worker: false });
    const host = faultHost(database.url, { worker: { leaseMs: 1000, callbackTimeoutMs: 1000 } });
    const child = spawn(process.execPath, [bin, 'worker', '--no-ops'], {
      cwd: host.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let said = '';
      while (!said.includes('Worker is running')) said += String((await once(child.stderr, 'data'))[0]);
      child.stderr.destroy();
      const { id } = await cairnloop.conversations.open({ subject: 'loop' });
      await cairnloop.conversations.resolve(id, { resolvedBy: operator });
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    } finally {
      child.kill('SIGKILL');
      host.remove();
    }
  });
});

const silent = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
