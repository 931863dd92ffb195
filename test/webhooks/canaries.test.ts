import assert from 'node:assert/strict';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runCli } from '../support/run-cli.js';
import { migrated, operator, start } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';
import { startWorkerProcess } from '../support/worker-process.js';
import { secret, startReceiver } from './receiver.js';

describe('secrets of environment, database URL, messages and webhook answers', function () {
  this.timeout(120_000);

  it('appear in no log, metric, probe, delivery or command of a worker process', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => void response.writeHead(500).end('answer-canary'));
    const database = await createTestDatabase(migrated);
    const url = new URL(database.url);
    url.searchParams.set('application_name', 'canary-of-the-url');
    const env = { DATABASE_URL: url.href, WEBHOOK_SECRET: secret, HOOK: receiver.url, API_KEY: 'environment-canary' };
    const host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.mjs': `
        import { defineConfig, prometheus } from 'cairnloop';
        import { webhookNotifier } from 'cairnloop/webhooks';
        export default defineConfig({
          database: { url: process.env.DATABASE_URL }, ops: { host: '127.0.0.1', port: 0 }, metrics: prometheus(),
          notifier: webhookNotifier({ endpoints: [process.env.HOOK], secret: process.env.WEBHOOK_SECRET, allowPrivate: true }),
        });`,
    });
    const worker = await startWorkerProcess(host, ['--log-level', 'trace'], env);
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
    const producer = await start({ notifier }, database);
    const { id } = await producer.cairnloop.conversations.open({ message: 'message-canary' });
    await producer.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.match(worker.stderr(), /"outcome":"retried"/), 60_000);
    const pages = ['/health', '/health/ready', '/metrics'].map(async (path) =>
      (await fetch(worker.opsUrl + path)).text(),
    );
    const list = await runCli(['deliveries', 'list', '--json'], { cwd: host.folder, env });
    const said = [worker.stderr(), ...(await Promise.all(pages)), list.stdout, list.stderr].join('\n');
    assert.match(said, /returned status 500/);
    const password = url.password ? [url.password] : [];
    for (const canary of ['canary', 'whsec_', 'MDEyMzQ1', ...password])
      assert.ok(!said.includes(canary), `${canary}: ${said}`);
    worker.signal('SIGTERM');
    await worker.ended;
    await producer.cairnloop.close();
    await receiver.close();
    await database.drop();
    host.remove();
  });
});
