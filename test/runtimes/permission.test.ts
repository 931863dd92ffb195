/** A worker under Node's permission model, with what docs/runtimes.md allows it; a build comes before. */
import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start, stopped, until } from '../hosts/commands.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { bin } from '../support/run-cli.js';
import { operator, useHosts } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';

describe("Node's permission model", () => {
  const { startHost } = useHosts();

  it('lets a worker read its application and start its watchdog, and nothing else, and callbacks are called', async () => {
    const { cairnloop, database } = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `import { writeFileSync } from 'node:fs';
        const tried = [];
        for (const work of [() => writeFileSync('written', ''), () => process.getBuiltinModule('node:child_process').execSync('true')])
          try { work(); tried.push('allowed'); } catch (error) { tried.push(error.code); }
        export default {
          database: { url: process.env.DATABASE_URL },
          notifier: {
            onConversationResolved({ id }) { console.log(\`told of \${id}; \${tried.join()}\`); },
            onSlaBreach() {},
            onOutboundTriggered() {},
          },
        };`,
    });
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const reads = [root, realpathSync(host.folder)].map((folder) => `--allow-fs-read=${folder}`);
    const worker = start(`exec ${process.execPath} ${flag} ${reads.join(' ')} --allow-worker ${bin} worker --port 0`, {
      folder: host.folder,
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: database.url },
    });
    try {
      await until(() => worker.output().includes(`told of ${id}`), worker);
      assert.match(worker.output(), /; ERR_ACCESS_DENIED,ERR_ACCESS_DENIED$/m);
      await stopped(worker);
      const { exitCode } = (await worker.process) as { exitCode?: number };
      assert.equal(exitCode, 0, worker.output());
    } finally {
      worker.kill();
      host.remove();
    }
  });
});
