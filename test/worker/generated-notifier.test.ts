import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createCairnloop } from '../../src/instance/create-cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runCli } from '../support/run-cli.js';
import { operator } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

const project = {
  'package.json': { name: 'shop', type: 'module', dependencies: { cairnloop: '*' } },
  'tsconfig.json': {
    compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, types: ['node'] },
  },
  'cairnloop.config.ts': `import { defineConfig } from 'cairnloop';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  ops: { host: '127.0.0.1', port: 0 },
});
`,
};

describe('a generated notifier', () => {
  let database: TestDatabase;
  let host: TempHost;
  let worker: WorkerProcess | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
    host = tempHost(project);
  });
  afterEach(async () => {
    worker?.signal('SIGTERM');
    await worker?.ended;
    worker = undefined;
    host.remove();
    await database.drop();
  });

  const run = async (...args: string[]) => {
    const { exitCode, stderr } = await runCli(args, { cwd: host.folder, env: { DATABASE_URL: database.url } });
    assert.equal(exitCode, 0, stderr);
  };

  it('NT14 compiles under strict and is called in the worker process, with what was resolved in this one', async () => {
    await run('gen', 'notifier');
    const { stdout } = await execa(process.execPath, [tsc, '-p', '.'], { cwd: host.folder, reject: false });
    assert.equal(stdout, '');
    await run('migrate');
    worker = await startWorkerProcess(host, [], { DATABASE_URL: database.url });

    const { id, deliveryId } = await resolveOne();
    const told = [`conversationId: '${id}'`, `resolvedBy: '${operator.id}'`, `deliveryId: '${deliveryId}'`];
    await eventually(() => {
      const line = worker?.stderr() ?? '';
      for (const part of ['conversation resolved', ...told]) assert.ok(line.includes(part), `${part} in ${line}`);
    });
  });

  const resolveOne = async () => {
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
    const cairnloop = await createCairnloop({ database: { url: database.url }, notifier });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const [delivery] = (await cairnloop.deliveries.list()).items;
    await cairnloop.close();
    return { id, deliveryId: delivery?.id };
  };
});
